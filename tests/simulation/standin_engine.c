// SPDX-License-Identifier: Apache-2.0
#include "standin.h"

#include "association.h"
#include "chance.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

static const uint16_t gateway_suites[] = {SRTP_SUITE_AEAD_AES_128_GCM, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
                                          SRTP_SUITE_AEAD_AES_256_GCM};

static int open_context(const struct dtls_identity *identity, const struct config_strings *suites, void **ret_context)
{
    *ret_context = NULL;
    return 0;
}

static void close_context(void *context)
{
    (void)context; // there is none
}

static int begin(struct association *association)
{
    static const uint8_t certificate[STANDIN_CERTIFICATE] = "the gateway's";
    uint8_t random[STANDIN_RANDOM];
    struct standin *standin = malloc(sizeof(*standin));
    if (!standin)
        return -ENOMEM;
    chance_fill(CHANCE_CONTROL, random, sizeof(random));
    standin_begin(standin, association->is_client, random, gateway_suites[random[0] % 3], certificate);
    association->handshake = standin;
    return 0;
}

static void end(struct association *association)
{
    free(association->handshake);
    association->handshake = NULL;
}

static void send_flight(struct association *association)
{
    struct standin *standin = association->handshake;
    association_say(association, standin->flight, standin->flight_size);
    standin->flight_size = 0;
}

static bool is_signalled(const struct association *association)
{
    const struct standin *standin = association->handshake;
    char text[3 * STANDIN_CERTIFICATE + 1];
    standin_fingerprint(standin->peer_certificate, text, sizeof(text));
    for (unsigned i = 0; i < association->fingerprint_count; i++)
        if (!strcasecmp(text, association->fingerprints[i].value))
            return true;
    return false;
}

static enum engine_verdict go_on(struct association *association)
{
    struct standin *standin = association->handshake;
    if (association->inbox)
        standin_input(standin, association->inbox, association->inbox_size);
    else if (standin->is_client && standin->state == STANDIN_START)
        standin_start(standin);
    association->inbox = NULL;
    // A client asks once it has the certificate, a server at the end: neither says its Finished to a stranger.
    bool has_certificate = standin->is_client ? standin->state >= STANDIN_KEYS : standin->state == STANDIN_DONE;
    if (has_certificate && !is_signalled(association)) {
        association->mismatch = true;
        return ENGINE_FAILED;
    }
    send_flight(association);
    return standin->state == STANDIN_DONE ? ENGINE_DONE : ENGINE_WAITS;
}

// The records are handed over at once: what still comes here stood behind the last one of the handshake.
static enum engine_verdict read_records(struct association *association)
{
    association->inbox = NULL;
    return ENGINE_WAITS;
}

static enum engine_verdict remind(struct association *association, uint64_t now)
{
    standin_tick(association->handshake, now);
    send_flight(association);
    return ENGINE_WAITS;
}

static void shut_down(struct association *association)
{
    struct standin *standin = association->handshake;
    uint8_t record[RECORD_LAYER_OVERHEAD + 2];
    record_layer_reserve(&standin->layer);
    int size = record_layer_close_notify(&standin->layer, record, sizeof(record));
    association_say(association, record, size > 0 ? (size_t)size : 0);
}

static int peer_fingerprint(const struct association *association, char *ret_text, size_t size)
{
    const struct standin *standin = association->handshake;
    if (size < 3 * STANDIN_CERTIFICATE)
        return -ENOSPC;
    standin_fingerprint(standin->peer_certificate, ret_text, size);
    return 0;
}

static int export_keys(const struct association *association, struct transport_keys *ret_keys)
{
    standin_keys(association->handshake, ret_keys);
    return 0;
}

static int hand_over(const struct association *association, struct record_layer *ret_layer)
{
    *ret_layer = ((const struct standin *)association->handshake)->layer;
    ret_layer->reserved_until = ret_layer->next_sequence;
    return 0;
}

const struct dtls_engine standin_engine = {.open = open_context,
                                           .close = close_context,
                                           .begin = begin,
                                           .end = end,
                                           .go_on = go_on,
                                           .read = read_records,
                                           .remind = remind,
                                           .shut_down = shut_down,
                                           .peer_fingerprint = peer_fingerprint,
                                           .export_keys = export_keys,
                                           .hand_over = hand_over};
