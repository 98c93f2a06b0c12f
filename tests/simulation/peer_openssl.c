// SPDX-License-Identifier: Apache-2.0
#include "peer_openssl.h"

#include "fingerprint.h"
#include "peers.h"
#include "simulation.h"
#include "suite.h"

#include <openssl/err.h>
#include <openssl/srtp.h>
#include <stdlib.h>
#include <sys/time.h>

#define SUITES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"

static SSL_CTX *context;
static X509 *certificate;
static EVP_PKEY *key;
static BIO_METHOD *datagrams;

static int write_datagram(BIO *bio, const char *data, int size)
{
    peer_send(BIO_get_data(bio), data, (size_t)size);
    return size;
}

static int read_datagram(BIO *bio, char *buffer, int room)
{
    struct peer *peer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!peer->dtls.inbox) {
        BIO_set_retry_read(bio);
        return -1;
    }
    int size = (int)peer->dtls.inbox_size < room ? (int)peer->dtls.inbox_size : room;
    memcpy(buffer, peer->dtls.inbox, (size_t)size);
    peer->dtls.inbox = NULL;
    return size;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    return 1;
}

static void make_certificate(void)
{
    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 100000);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
}

static void open_context(void)
{
    if (context)
        return;
    make_certificate();
    datagrams = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "peer");
    BIO_meth_set_write(datagrams, write_datagram);
    BIO_meth_set_read(datagrams, read_datagram);
    BIO_meth_set_ctrl(datagrams, control);
    context = SSL_CTX_new(DTLS_method());
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    if (SSL_CTX_set_tlsext_use_srtp(context, SUITES))
        abort();
}

void peer_openssl_close(void)
{
    SSL_CTX_free(context);
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_meth_free(datagrams);
}

void peer_openssl_fingerprint(char *ret_text, size_t size)
{
    open_context();
    if (fingerprint_of(certificate, "sha-256", ret_text, size))
        abort();
}

// The clock of the peer's own machine is right.
static int64_t set_clock_right(void)
{
    int64_t wrong_by = simulation.wall_offset;
    simulation.wall_offset = 0;
    return wrong_by;
}

static void go_on(struct peer *peer)
{
    uint8_t plain[2048];
    SSL *ssl = peer->dtls.ssl;
    int64_t wrong_by = set_clock_right();
    ERR_clear_error();
    if (!peer->dtls.is_up && SSL_do_handshake(ssl) == 1)
        peer->dtls.is_up = true;
    if (peer->dtls.is_up && SSL_read(ssl, plain, sizeof(plain)) <= 0 && SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN)
        peer->dtls.is_closed = true;
    ERR_clear_error();
    simulation.wall_offset = wrong_by;
}

void peer_openssl_begin(struct peer *peer)
{
    open_context();
    peer->dtls.ssl = SSL_new(context);
    BIO *bio = BIO_new(datagrams);
    if (!peer->dtls.ssl || !bio)
        abort();
    BIO_set_data(bio, peer);
    BIO_set_init(bio, 1);
    SSL_set_bio(peer->dtls.ssl, bio, bio);
    SSL_set_mtu(peer->dtls.ssl, 1200);
    peer->is_dtls_client ? SSL_set_connect_state(peer->dtls.ssl) : SSL_set_accept_state(peer->dtls.ssl);
    go_on(peer);
}

void peer_openssl_input(struct peer *peer, const uint8_t *data, unsigned size)
{
    peer->dtls.inbox = data;
    peer->dtls.inbox_size = size;
    go_on(peer);
    peer->dtls.inbox = NULL;
}

void peer_openssl_tick(struct peer *peer)
{
    int64_t wrong_by = set_clock_right();
    if (!peer->dtls.is_up)
        DTLSv1_handle_timeout(peer->dtls.ssl);
    ERR_clear_error();
    simulation.wall_offset = wrong_by;
}

void peer_openssl_close_notify(struct peer *peer)
{
    SSL_shutdown(peer->dtls.ssl);
    ERR_clear_error();
}

void peer_openssl_end(struct peer *peer)
{
    SSL_free(peer->dtls.ssl);
    peer->dtls.ssl = NULL;
}

void peer_openssl_keys(const struct peer *peer, struct transport_keys *ret_keys)
{
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(peer->dtls.ssl);
    const struct srtp_suite *suite = srtp_suite_find(profile ? (uint16_t)profile->id : 0);
    uint8_t material[2 * (SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX)];
    size_t size = 2U * (suite ? suite->key_length + suite->salt_length : 0U);
    if (!suite ||
        SSL_export_keying_material(peer->dtls.ssl, material, size, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
        abort();
    const uint8_t *salts = material + 2 * (size_t)suite->key_length;
    size_t own = peer->is_dtls_client ? 0 : 1;
    memset(ret_keys, 0, sizeof(*ret_keys));
    ret_keys->suite = suite->id;
    memcpy(ret_keys->send_key, material + own * suite->key_length, suite->key_length);
    memcpy(ret_keys->receive_key, material + !own * suite->key_length, suite->key_length);
    memcpy(ret_keys->send_salt, salts + own * suite->salt_length, suite->salt_length);
    memcpy(ret_keys->receive_salt, salts + !own * suite->salt_length, suite->salt_length);
}
