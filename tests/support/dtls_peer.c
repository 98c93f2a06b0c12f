// SPDX-License-Identifier: Apache-2.0
#include "dtls_peer.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/srtp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#define PADDING_EXTENSION 0xfafa // a GREASE value: RFC 8701 3 has servers ignore it
#define PADDING_SIZE      1250
#define CIPHERS           "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"

static int bio_write(BIO *bio, const char *data, int size)
{
    struct dtls_peer *peer = BIO_get_data(bio);
    peer->datagrams_sent++;
    if ((unsigned)size > peer->largest_datagram)
        peer->largest_datagram = (unsigned)size;
    peer->send(peer->context, (const uint8_t *)data, (size_t)size);
    return size;
}

static int bio_read(BIO *bio, char *buffer, int room)
{
    struct dtls_peer *peer = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!peer->inbox || room <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t size = peer->inbox_size < (size_t)room ? peer->inbox_size : (size_t)room;
    memcpy(buffer, peer->inbox, size);
    peer->inbox = NULL;
    return (int)size;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return DTLS_MTU;
    default:
        return 0;
    }
}

static BIO_METHOD *datagram_bio(void)
{
    static BIO_METHOD *method;
    if (method)
        return method;
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_ctrl);
    return method;
}

// RFC 8122 5: the certificate must match the fingerprint that was signalled; nothing else about it matters.
static int verify_fingerprint(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct dtls_peer *peer = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    const EVP_MD *hash = EVP_get_digestbyname(peer->hash_name);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (certificate && hash && X509_digest(certificate, hash, digest, &size) && size == peer->expected_size &&
        !memcmp(digest, peer->expected, size))
        return 1;
    snprintf(peer->error, sizeof(peer->error), "the peer's certificate does not match its fingerprint");
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static void note_alert(const SSL *ssl, int where, int code)
{
    struct dtls_peer *peer = SSL_get_app_data(ssl);
    if (!(where & SSL_CB_ALERT))
        return;
    if (where & SSL_CB_READ)
        peer->alert_received = code & 0xff;
    else
        peer->alert_sent = code & 0xff;
}

static int add_padding(SSL *ssl, unsigned type, const uint8_t **ret_data, size_t *ret_size, int *alert, void *unused)
{
    static const uint8_t zeros[PADDING_SIZE];
    *ret_data = zeros;
    *ret_size = sizeof(zeros);
    return 1;
}

int dtls_context_new(const char *srtp_profiles, bool split_hello, SSL_CTX **ret_context)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    if (!context)
        return -ENOMEM;
    SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify_fingerprint, NULL);
    SSL_CTX_set_info_callback(context, note_alert);
    // SSL_CTX_set_tlsext_use_srtp returns 0 on success.
    if (!SSL_CTX_set_cipher_list(context, CIPHERS) || SSL_CTX_set_tlsext_use_srtp(context, srtp_profiles) ||
        (split_hello &&
         !SSL_CTX_add_client_custom_ext(context, PADDING_EXTENSION, add_padding, NULL, NULL, NULL, NULL))) {
        SSL_CTX_free(context);
        return -EINVAL;
    }
    *ret_context = context;
    return 0;
}

static X509 *self_sign(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    uint32_t serial;
    RAND_bytes((uint8_t *)&serial, sizeof(serial));
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * 86400);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"WebRTC", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    if (X509_sign(certificate, key, EVP_sha256()))
        return certificate;
    X509_free(certificate);
    return NULL;
}

int dtls_init(struct dtls_peer *peer, SSL_CTX *shared, dtls_send_fn send, void *context)
{
    *peer = (struct dtls_peer){.send = send, .context = context, .alert_received = -1, .alert_sent = -1};
    peer->key = EVP_EC_gen("P-256");
    peer->certificate = peer->key ? self_sign(peer->key) : NULL;
    peer->ssl = SSL_new(shared);
    BIO *bio = BIO_new(datagram_bio());
    if (!peer->certificate || !peer->ssl || !bio || !SSL_use_certificate(peer->ssl, peer->certificate) ||
        !SSL_use_PrivateKey(peer->ssl, peer->key)) {
        BIO_free(bio);
        dtls_free(peer);
        return -ENOMEM;
    }
    BIO_set_data(bio, peer);
    BIO_set_init(bio, 1);
    SSL_set_bio(peer->ssl, bio, bio);
    SSL_set_app_data(peer->ssl, peer);
    SSL_set_mtu(peer->ssl, DTLS_MTU);
    return 0;
}

void dtls_free(struct dtls_peer *peer)
{
    SSL_free(peer->ssl);
    X509_free(peer->certificate);
    EVP_PKEY_free(peer->key);
    peer->ssl = NULL;
    peer->certificate = NULL;
    peer->key = NULL;
}

void dtls_own_fingerprint(const struct dtls_peer *peer, char ret_text[3 * 32])
{
    uint8_t digest[32];
    unsigned size;
    X509_digest(peer->certificate, EVP_sha256(), digest, &size);
    for (unsigned i = 0; i < size; i++)
        snprintf(ret_text + 3 * i, 4 - (i == size - 1), i == size - 1 ? "%02X" : "%02X:", digest[i]);
}

static void fail(struct dtls_peer *peer, int reason)
{
    peer->state = DTLS_FAILED;
    unsigned long code = ERR_peek_last_error();
    if (!peer->error[0])
        snprintf(peer->error, sizeof(peer->error), "DTLS failed: %s",
                 code                              ? ERR_reason_error_string(code)
                 : reason == SSL_ERROR_ZERO_RETURN ? "closed"
                                                   : "unknown");
    ERR_clear_error();
}

static bool would_block(int reason)
{
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static void handshake(struct dtls_peer *peer)
{
    ERR_clear_error();
    int result = SSL_do_handshake(peer->ssl);
    if (result == 1) {
        peer->state = DTLS_ESTABLISHED;
        return;
    }
    int reason = SSL_get_error(peer->ssl, result);
    if (!would_block(reason))
        fail(peer, reason);
}

void dtls_start(struct dtls_peer *peer, bool server)
{
    peer->server = server;
    peer->state = DTLS_HANDSHAKING;
    if (server)
        SSL_set_accept_state(peer->ssl);
    else
        SSL_set_connect_state(peer->ssl);
    if (!server)
        handshake(peer);
}

static void read_records(struct dtls_peer *peer)
{
    uint8_t plain[2048];
    ERR_clear_error();
    int result;
    while ((result = SSL_read(peer->ssl, plain, sizeof(plain))) > 0)
        ;
    int reason = SSL_get_error(peer->ssl, result);
    if (reason == SSL_ERROR_ZERO_RETURN)
        peer->state = DTLS_CLOSED;
    else if (!would_block(reason))
        fail(peer, reason);
}

void dtls_input(struct dtls_peer *peer, const uint8_t *data, size_t size)
{
    peer->inbox = data;
    peer->inbox_size = size;
    if (peer->state == DTLS_HANDSHAKING)
        handshake(peer);
    // Not "else": the rest of the datagram stands in OpenSSL's buffer, and a repeated last flight must be answered.
    if (peer->state == DTLS_ESTABLISHED)
        read_records(peer);
    peer->inbox = NULL;
}

void dtls_tick(struct dtls_peer *peer)
{
    struct timeval left;
    if (peer->state != DTLS_HANDSHAKING || !DTLSv1_get_timeout(peer->ssl, &left) || left.tv_sec || left.tv_usec)
        return;
    peer->retransmissions++;
    if (DTLSv1_handle_timeout(peer->ssl) < 0)
        fail(peer, SSL_ERROR_SSL);
}

void dtls_close(struct dtls_peer *peer)
{
    if (peer->state == DTLS_ESTABLISHED)
        SSL_shutdown(peer->ssl);
    if (peer->state != DTLS_FAILED)
        peer->state = DTLS_CLOSED;
}

unsigned long dtls_profile(const struct dtls_peer *peer)
{
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(peer->ssl);
    return profile ? profile->id : 0;
}

int dtls_export(struct dtls_peer *peer, size_t size, uint8_t ret_material[DTLS_MATERIAL_MAX])
{
    static const char label[] = "EXTRACTOR-dtls_srtp"; // RFC 5764 4.2
    if (size > DTLS_MATERIAL_MAX ||
        !SSL_export_keying_material(peer->ssl, ret_material, size, label, sizeof(label) - 1, NULL, 0, 0))
        return -EINVAL;
    return 0;
}
