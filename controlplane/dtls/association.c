// SPDX-License-Identifier: Apache-2.0
#include "association_internal.h"

#include "dtls_record.h"
#include "state.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_TIMEOUT 400000 // us; RFC 6347 4.2.4.1 has 1 s for networks at large, a media path is faster
#define LAST_TIMEOUT  4000000

static const char *const state_names[ASSOCIATION_STATES] = {"new", "handshaking", "established", "closed", "failed"};
static const uint32_t moves[ASSOCIATION_STATES] = {
    [ASSOCIATION_NEW] = STATE_BIT(ASSOCIATION_HANDSHAKING) | STATE_BIT(ASSOCIATION_FAILED),
    [ASSOCIATION_HANDSHAKING] =
        STATE_BIT(ASSOCIATION_NEW) | STATE_BIT(ASSOCIATION_ESTABLISHED) | STATE_BIT(ASSOCIATION_FAILED),
    [ASSOCIATION_ESTABLISHED] = STATE_BIT(ASSOCIATION_CLOSED),
};
const struct state_table association_moves = {"dtls", ASSOCIATION_STATES, state_names, moves};

static void fail(struct association *association, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct association *association, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(association->reason, sizeof(association->reason), format, arguments);
    va_end(arguments);
    state_move(&association_moves, &association->state, ASSOCIATION_FAILED);
}

static unsigned next_timeout(SSL *ssl, unsigned previous)
{
    if (previous == 0)
        return FIRST_TIMEOUT;
    return 2 * previous < LAST_TIMEOUT ? 2 * previous : LAST_TIMEOUT;
}

static int renew(struct association *association)
{
    SSL_free(association->ssl);
    association->ssl = SSL_new(association->context);
    BIO *bio = association->ssl ? association_bio_new(association) : NULL;
    if (!bio) {
        SSL_free(association->ssl);
        association->ssl = NULL;
        return -ENOMEM;
    }
    SSL_set_bio(association->ssl, bio, bio);
    SSL_set_app_data(association->ssl, association);
    SSL_set_mtu(association->ssl, association->mtu);
    DTLS_set_timer_cb(association->ssl, next_timeout);
    if (association->is_client)
        SSL_set_connect_state(association->ssl);
    else
        SSL_set_accept_state(association->ssl);
    association->received = 0;
    return 0;
}

int association_open(const struct association_setup *setup, struct association **ret_association)
{
    struct association *association = calloc(1, sizeof(*association));
    if (!association)
        return -ENOMEM;
    association->context = setup->context;
    association->is_client = setup->is_client;
    association->mtu = setup->mtu;
    association->handshake_ns = setup->handshake_ns;
    association->fingerprint_count =
        setup->fingerprint_count < FINGERPRINTS_MAX ? setup->fingerprint_count : FINGERPRINTS_MAX;
    memcpy(association->fingerprints, setup->fingerprints,
           sizeof(*setup->fingerprints) * association->fingerprint_count);
    if (renew(association)) {
        free(association);
        return -ENOMEM;
    }
    *ret_association = association;
    return 0;
}

void association_close(struct association *association)
{
    if (!association)
        return;
    struct association_datagram *datagram;
    while ((datagram = association_next_output(association)))
        free(datagram);
    SSL_free(association->ssl);
    free(association);
}

struct association_datagram *association_next_output(struct association *association)
{
    if (association->output_count == 0)
        return NULL;
    struct association_datagram *datagram = association->output[association->output_first];
    association->output_first = (association->output_first + 1) % ASSOCIATION_OUTPUT_MAX;
    association->output_count--;
    return datagram;
}

int association_verify(X509_STORE_CTX *store, void *unused)
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

void association_note_alert(const SSL *ssl, int where, int code)
{
    struct association *association = SSL_get_app_data(ssl);
    if (association && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        association->alert_received = true;
}

// A failed handshake may be an intruder's or a passing fault's: the session gets another try, not for ever.
static void handshake_failed(struct association *association)
{
    unsigned long code = ERR_peek_error();
    const char *text = code ? ERR_reason_error_string(code) : NULL;
    if (association->mismatch)
        fail(association, "the certificate does not match the signalled fingerprint");
    else if (association->resets >= ASSOCIATION_RESETS_MAX)
        fail(association, "DTLS handshake failed: %s", text ? text : "unknown error");
    else if (renew(association))
        fail(association, "out of memory");
    else {
        association->resets++;
        state_move(&association_moves, &association->state, ASSOCIATION_NEW);
    }
    ERR_clear_error();
}

static bool would_block(const struct association *association, int result)
{
    int reason = SSL_get_error(association->ssl, result);
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

static void handshake(struct association *association)
{
    ERR_clear_error();
    int result = SSL_do_handshake(association->ssl);
    if (result == 1) {
        state_move(&association_moves, &association->state, ASSOCIATION_ESTABLISHED);
        return;
    }
    if (!would_block(association, result))
        handshake_failed(association);
}

// Alerts, a repeated last flight (which OpenSSL answers), application data that nobody here wants.
static void read_records(struct association *association)
{
    uint8_t plain[2048];
    int result;
    ERR_clear_error();
    while ((result = SSL_read(association->ssl, plain, sizeof(plain))) > 0)
        association->ignored++;
    if (!would_block(association, result)) {
        bool notified = SSL_get_shutdown(association->ssl) & SSL_RECEIVED_SHUTDOWN;
        if (notified)
            SSL_shutdown(association->ssl); // RFC 5246 7.2.1: close_notify is answered with one
        snprintf(association->reason, sizeof(association->reason), "%s",
                 notified ? "closed by the peer" : "ended by a DTLS alert");
        state_move(&association_moves, &association->state, ASSOCIATION_CLOSED);
    }
    ERR_clear_error();
}

// F09: OpenSSL reserves what a fragment says that its message is long, for up to ten messages ahead.
static bool is_acceptable(const uint8_t *data, size_t size)
{
    struct dtls_record_iterator records = dtls_record_begin(data, size);
    struct dtls_record record;
    while (dtls_record_next(&records, &record)) {
        if (record.content != DTLS_HANDSHAKE || record.epoch != 0)
            continue;
        struct dtls_handshake message;
        int used;
        for (size_t at = 0; at < record.fragment_size; at += (size_t)used) {
            used = dtls_handshake_parse(record.fragment + at, record.fragment_size - at, &message);
            if (used <= 0 || message.size > DTLS_MESSAGE_MAX)
                return false;
        }
    }
    return !records.bad;
}

static void begin(struct association *association, uint64_t now)
{
    if (association->state != ASSOCIATION_NEW)
        return;
    if (!association->deadline)
        association->deadline = now + association->handshake_ns;
    state_move(&association_moves, &association->state, ASSOCIATION_HANDSHAKING);
}

void association_start(struct association *association, uint64_t now)
{
    assert(association->ssl);
    begin(association, now);
    if (association->state == ASSOCIATION_HANDSHAKING)
        handshake(association);
}

void association_input(struct association *association, const uint8_t *data, size_t size, uint64_t now)
{
    assert(association->ssl);
    if (association->state == ASSOCIATION_NEW)
        begin(association, now);
    if (association->state == ASSOCIATION_HANDSHAKING) {
        association->received += size;
        if (!is_acceptable(data, size))
            return; // not DTLS, or a message beyond all reason: as if it had been lost
        if (association->received > ASSOCIATION_HANDSHAKE_MAX) {
            fail(association, "DTLS handshake of more than %d bytes", ASSOCIATION_HANDSHAKE_MAX);
            return;
        }
    }
    association->inbox = data;
    association->inbox_size = size;
    if (association->state == ASSOCIATION_HANDSHAKING)
        handshake(association);
    // Not "else": what stands behind the last handshake record of the datagram is in OpenSSL's buffer.
    if (association->state == ASSOCIATION_ESTABLISHED)
        read_records(association);
    association->inbox = NULL;
}

void association_tick(struct association *association, uint64_t now)
{
    if (association->state != ASSOCIATION_HANDSHAKING && association->state != ASSOCIATION_NEW)
        return;
    if (association->deadline && now >= association->deadline) {
        fail(association, "DTLS handshake not finished in time");
        return;
    }
    struct timeval left;
    if (association->state != ASSOCIATION_HANDSHAKING || !DTLSv1_get_timeout(association->ssl, &left) || left.tv_sec ||
        left.tv_usec)
        return;
    ERR_clear_error();
    if (DTLSv1_handle_timeout(association->ssl) < 0)
        handshake_failed(association);
}

void association_shut_down(struct association *association)
{
    if (association->state != ASSOCIATION_ESTABLISHED)
        return; // and without memory it may have no SSL object any more
    assert(association->ssl);
    SSL_shutdown(association->ssl);
    ERR_clear_error();
    state_move(&association_moves, &association->state, ASSOCIATION_CLOSED);
}
