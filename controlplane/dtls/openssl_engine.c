// SPDX-License-Identifier: Apache-2.0
#include "openssl_parts.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/time.h>

#define FIRST_TIMEOUT 400000 // us; RFC 6347 4.2.4.1 has 1 s for networks at large, a media path is faster
#define LAST_TIMEOUT  4000000

static unsigned next_timeout(SSL *ssl, unsigned previous)
{
    if (previous == 0)
        return FIRST_TIMEOUT;
    return 2 * previous < LAST_TIMEOUT ? 2 * previous : LAST_TIMEOUT;
}

static int begin(struct association *association)
{
    SSL *ssl = SSL_new(association->context);
    BIO *bio = ssl ? openssl_bio_new(association) : NULL;
    if (!bio) {
        SSL_free(ssl);
        return -ENOMEM;
    }
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, association);
    SSL_set_mtu(ssl, association->mtu);
    DTLS_set_timer_cb(ssl, next_timeout);
    if (association->is_client)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
    association->handshake = ssl;
    return 0;
}

static void end(struct association *association)
{
    SSL_free(association->handshake);
    association->handshake = NULL;
}

int openssl_verify(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct association *association = SSL_get_app_data(ssl);
    const X509 *certificate = X509_STORE_CTX_get0_cert(store);
    if (certificate && fingerprint_matches(certificate, association->fingerprints, association->fingerprint_count))
        return 1;
    association->mismatch = true;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static enum engine_verdict handshake_failed(struct association *association)
{
    unsigned long code = ERR_peek_error();
    association->problem = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return ENGINE_FAILED;
}

static bool would_block(const SSL *ssl, int result)
{
    int reason = SSL_get_error(ssl, result);
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static enum engine_verdict go_on(struct association *association)
{
    SSL *ssl = association->handshake;
    ERR_clear_error();
    int result = SSL_do_handshake(ssl);
    if (result == 1)
        return ENGINE_DONE;
    return would_block(ssl, result) ? ENGINE_WAITS : handshake_failed(association);
}

static enum engine_verdict read_records(struct association *association)
{
    SSL *ssl = association->handshake;
    uint8_t plain[2048];
    int result;
    enum engine_verdict verdict = ENGINE_WAITS;
    ERR_clear_error();
    while ((result = SSL_read(ssl, plain, sizeof(plain))) > 0)
        association->ignored++;
    if (!would_block(ssl, result)) {
        verdict = SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN ? ENGINE_CLOSED : ENGINE_ALERT;
        if (verdict == ENGINE_CLOSED)
            SSL_shutdown(ssl); // RFC 5246 7.2.1: close_notify is answered with one
    }
    ERR_clear_error();
    return verdict;
}

// OpenSSL asks the wall clock: when that steps back a flight is not repeated in time, and the association's own time
// limit ends the handshake, unless the peer's repetition saves it.
static enum engine_verdict remind(struct association *association, uint64_t now)
{
    struct timeval left;
    SSL *ssl = association->handshake;
    if (!DTLSv1_get_timeout(ssl, &left) || left.tv_sec || left.tv_usec)
        return ENGINE_WAITS;
    ERR_clear_error();
    return DTLSv1_handle_timeout(ssl) < 0 ? handshake_failed(association) : ENGINE_WAITS;
}

static void shut_down(struct association *association)
{
    SSL_shutdown(association->handshake);
    ERR_clear_error();
}

static int peer_fingerprint(const struct association *association, char *ret_text, size_t size)
{
    X509 *certificate = SSL_get1_peer_certificate(association->handshake);
    int error = certificate ? fingerprint_of(certificate, "sha-256", ret_text, size) : -ENOENT;
    X509_free(certificate);
    return error;
}

const struct dtls_engine dtls_openssl = {.open = dtls_context_open,
                                         .close = dtls_context_close,
                                         .begin = begin,
                                         .end = end,
                                         .go_on = go_on,
                                         .read = read_records,
                                         .remind = remind,
                                         .shut_down = shut_down,
                                         .peer_fingerprint = peer_fingerprint,
                                         .export_keys = openssl_export_keys,
                                         .hand_over = openssl_hand_over};
