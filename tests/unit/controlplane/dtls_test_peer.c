// SPDX-License-Identifier: Apache-2.0
#include "dtls_test_peer.h"

#include <CUnit/CUnit.h>
#include <openssl/err.h>
#include <openssl/srtp.h>
#include <stdio.h>
#include <string.h>

#define PADDING 1300

static int write_datagram(BIO *bio, const char *data, int size)
{
    struct test_peer *peer = BIO_get_data(bio);
    if (peer->sent_count < TEST_PEER_QUEUE) {
        struct test_datagram *to = &peer->sent[peer->sent_count++];
        to->size = (unsigned)size;
        memcpy(to->data, data, (size_t)size);
    }
    if ((unsigned)size > peer->largest)
        peer->largest = (unsigned)size;
    return size;
}

static int read_datagram(BIO *bio, char *buffer, int room)
{
    struct test_peer *peer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!peer->inbox) {
        BIO_set_retry_read(bio);
        return -1;
    }
    unsigned size = peer->inbox_size < (unsigned)room ? peer->inbox_size : (unsigned)room;
    memcpy(buffer, peer->inbox, size);
    peer->inbox = NULL;
    return (int)size;
}

static long control(BIO *bio, int command, long number, void *pointer)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *method(void)
{
    static BIO_METHOD *made;
    if (!made) {
        made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "test");
        BIO_meth_set_write(made, write_datagram);
        BIO_meth_set_read(made, read_datagram);
        BIO_meth_set_ctrl(made, control);
    }
    return made;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    return 1;
}

static void note(const SSL *ssl, int where, int code)
{
    struct test_peer *peer = SSL_get_app_data(ssl);
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        peer->alert = code & 0xff;
}

static int pad(SSL *ssl, unsigned type, const unsigned char **ret_data, size_t *ret_size, int *alert, void *unused)
{
    static const unsigned char zeros[PADDING];
    *ret_data = zeros;
    *ret_size = sizeof(zeros);
    return 1;
}

X509 *test_certificate_make(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 100000);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256());
    return certificate;
}

static void make_identity(struct test_peer *peer)
{
    peer->key = EVP_EC_gen("P-256");
    peer->certificate = test_certificate_make(peer->key);
}

void test_peer_take_key(struct test_peer *peer, EVP_PKEY *key)
{
    X509_free(peer->certificate);
    EVP_PKEY_free(peer->key);
    peer->key = key;
    peer->certificate = test_certificate_make(key);
    SSL_certs_clear(peer->ssl);
    SSL_use_certificate(peer->ssl, peer->certificate);
    SSL_use_PrivateKey(peer->ssl, peer->key);
}

static void begin(struct test_peer *peer, bool is_client)
{
    peer->is_client = is_client;
    peer->ssl = SSL_new(peer->context);
    BIO *bio = BIO_new(method());
    BIO_set_data(bio, peer);
    BIO_set_init(bio, 1);
    SSL_set_bio(peer->ssl, bio, bio);
    SSL_set_app_data(peer->ssl, peer);
    SSL_set_mtu(peer->ssl, 1200);
    if (is_client)
        SSL_set_connect_state(peer->ssl);
    else
        SSL_set_accept_state(peer->ssl);
}

void test_peer_open(struct test_peer *peer, bool is_client, const char *suites, bool large_hello)
{
    *peer = (struct test_peer){.is_client = is_client, .alert = -1};
    make_identity(peer);
    peer->context = SSL_CTX_new(DTLS_method());
    SSL_CTX_set_options(peer->context, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(peer->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_use_certificate(peer->context, peer->certificate);
    SSL_CTX_use_PrivateKey(peer->context, peer->key);
    SSL_CTX_set_info_callback(peer->context, note);
    CU_ASSERT_EQUAL(SSL_CTX_set_tlsext_use_srtp(peer->context, suites), 0);
    if (large_hello)
        SSL_CTX_add_client_custom_ext(peer->context, 0xfafa, pad, NULL, NULL, NULL, NULL);
    begin(peer, is_client);
}

void test_peer_again(struct test_peer *peer, bool is_client)
{
    SSL_free(peer->ssl);
    peer->established = peer->closed = peer->failed = false;
    peer->sent_count = 0;
    begin(peer, is_client);
}
void test_peer_close(struct test_peer *peer)
{
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->context);
    X509_free(peer->certificate);
    EVP_PKEY_free(peer->key);
}

void test_peer_fingerprint(const struct test_peer *peer, const char *hash, char *ret_text, size_t size)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length;
    X509_digest(peer->certificate, EVP_get_digestbyname(hash), digest, &length);
    for (unsigned i = 0; i < length; i++)
        snprintf(ret_text + 3 * i, size - 3 * i, i + 1 == length ? "%02x" : "%02x:", digest[i]);
}

static void look(struct test_peer *peer, int result)
{
    int reason = SSL_get_error(peer->ssl, result);
    if (reason == SSL_ERROR_ZERO_RETURN)
        peer->closed = true;
    else if (result <= 0 && reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
        peer->failed = true;
    ERR_clear_error();
}

void test_peer_input(struct test_peer *peer, const uint8_t *data, unsigned size)
{
    uint8_t plain[2048];
    peer->inbox = data;
    peer->inbox_size = size;
    if (!peer->established && !peer->failed) {
        int result = SSL_do_handshake(peer->ssl);
        peer->established = result == 1;
        look(peer, result);
    }
    if (peer->established)
        look(peer, SSL_read(peer->ssl, plain, sizeof(plain)));
    peer->inbox = NULL;
}

void test_peer_retransmit(struct test_peer *peer)
{
    DTLSv1_handle_timeout(peer->ssl);
    ERR_clear_error();
}

void test_peer_shut_down(struct test_peer *peer)
{
    SSL_shutdown(peer->ssl);
}

void test_peer_clear(struct test_peer *peer)
{
    peer->sent_count = 0;
}
