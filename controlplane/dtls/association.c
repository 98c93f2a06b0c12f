// SPDX-License-Identifier: Apache-2.0
#include "association.h"

#include "dtls_record.h"
#include "state.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// F09: a handshake message larger than this is refused before the engine reserves memory for it.
#define DTLS_MESSAGE_MAX 6144

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

static int renew(struct association *association)
{
    association->engine->end(association);
    association->received = 0;
    association->problem = NULL;
    return association->engine->begin(association);
}

int association_open(const struct association_setup *setup, struct association **ret_association)
{
    struct association *association = calloc(1, sizeof(*association));
    if (!association)
        return -ENOMEM;
    association->engine = setup->engine;
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
    association->engine->end(association);
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

void association_say(struct association *association, const void *data, size_t size)
{
    if (size == 0 || size > ASSOCIATION_DATAGRAM_MAX || association->output_count == ASSOCIATION_OUTPUT_MAX)
        return;
    struct association_datagram *datagram = malloc(sizeof(*datagram));
    if (!datagram)
        return;
    datagram->size = (uint16_t)size;
    memcpy(datagram->data, data, size);
    unsigned last = (association->output_first + association->output_count++) % ASSOCIATION_OUTPUT_MAX;
    association->output[last] = datagram;
}

// A failed handshake may be an intruder's or a passing fault's: the session gets another try, not for ever.
static void handshake_failed(struct association *association)
{
    if (association->mismatch)
        fail(association, "the certificate does not match the signalled fingerprint");
    else if (association->resets >= ASSOCIATION_RESETS_MAX)
        fail(association, "DTLS handshake failed: %s", association->problem ? association->problem : "unknown error");
    else if (renew(association))
        fail(association, "out of memory");
    else {
        association->resets++;
        state_move(&association_moves, &association->state, ASSOCIATION_NEW);
    }
}

static void handshake(struct association *association)
{
    enum engine_verdict verdict = association->engine->go_on(association);
    if (verdict == ENGINE_DONE)
        state_move(&association_moves, &association->state, ASSOCIATION_ESTABLISHED);
    else if (verdict != ENGINE_WAITS)
        handshake_failed(association);
}

// Alerts, a repeated last flight (which the engine answers), application data that nobody here wants.
static void read_records(struct association *association)
{
    enum engine_verdict verdict = association->engine->read(association);
    if (verdict == ENGINE_WAITS)
        return;
    snprintf(association->reason, sizeof(association->reason), "%s",
             verdict == ENGINE_CLOSED ? "closed by the peer" : "ended by a DTLS alert");
    state_move(&association_moves, &association->state, ASSOCIATION_CLOSED);
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
    assert(association->handshake);
    begin(association, now);
    if (association->state == ASSOCIATION_HANDSHAKING)
        handshake(association);
}

void association_input(struct association *association, const uint8_t *data, size_t size, uint64_t now)
{
    assert(association->handshake);
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
    // Not "else": what stands behind the last handshake record of the datagram is in the engine's buffer.
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
    if (association->state == ASSOCIATION_HANDSHAKING && association->engine->remind(association, now) == ENGINE_FAILED)
        handshake_failed(association);
}

void association_shut_down(struct association *association)
{
    if (association->state != ASSOCIATION_ESTABLISHED)
        return; // and without memory it may have no handshake any more
    assert(association->handshake);
    association->engine->shut_down(association);
    state_move(&association_moves, &association->state, ASSOCIATION_CLOSED);
}

int association_hand_over(struct association *association, struct record_layer *ret_layer)
{
    if (association->state != ASSOCIATION_ESTABLISHED)
        return -ENOTSUP;
    int error = association->engine->hand_over(association, ret_layer);
    if (!error)
        association->engine->end(association);
    return error;
}

int association_export_keys(const struct association *association, struct transport_keys *ret_keys)
{
    return association->engine->export_keys(association, ret_keys);
}

int association_peer_fingerprint(const struct association *association, char *ret_text, size_t size)
{
    return association->engine->peer_fingerprint(association, ret_text, size);
}
