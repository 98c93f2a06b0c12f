// SPDX-License-Identifier: Apache-2.0
#include "peer_dtls.h"

#include "chance.h"
#include "peer_openssl.h"
#include "peers.h"
#include "simulation.h"
#include "suite.h"

static const uint16_t peer_suites[] = {SRTP_SUITE_AEAD_AES_128_GCM, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
                                       SRTP_SUITE_AEAD_AES_256_GCM};

static void send_flight(struct peer *peer)
{
    struct standin *standin = &peer->dtls.standin;
    if (standin->flight_size)
        peer_send(peer, standin->flight, standin->flight_size);
    standin->flight_size = 0;
}

void peer_dtls_begin(struct peer *peer)
{
    uint8_t random[STANDIN_RANDOM];
    peer->dtls.is_open = true;
    if (simulation.options.openssl) {
        peer_openssl_begin(peer);
        return;
    }
    chance_fill(CHANCE_PEERS, random, sizeof(random));
    standin_begin(&peer->dtls.standin, peer->is_dtls_client, random, peer_suites[random[0] % 3],
                  peer->dtls.certificate);
    if (peer->is_dtls_client)
        standin_start(&peer->dtls.standin);
    send_flight(peer);
}

static void read_records(struct peer *peer, const uint8_t *data, unsigned size)
{
    unsigned news = record_layer_input(&peer->dtls.standin.layer, data, size, NULL);
    peer->dtls.is_closed |= (news & (RECORD_NEWS_CLOSED | RECORD_NEWS_ALERT)) != 0;
}

// A client that repeats its flight does not know yet; what else comes when it is over is of the record layer.
static bool is_repeated_flight(const uint8_t *data, unsigned size)
{
    struct dtls_record record;
    struct dtls_record_iterator records = dtls_record_begin(data, size);
    return dtls_record_next(&records, &record) && record.content == DTLS_HANDSHAKE && record.epoch == 0;
}

void peer_dtls_input(struct peer *peer, const uint8_t *data, unsigned size)
{
    struct standin *standin = &peer->dtls.standin;
    if (!peer->dtls.is_open)
        return;
    if (simulation.options.openssl) {
        peer_openssl_input(peer, data, size);
        return;
    }
    if (standin->state == STANDIN_DONE && (standin->is_client || !is_repeated_flight(data, size))) {
        read_records(peer, data, size);
        return;
    }
    standin_input(standin, data, size);
    send_flight(peer);
    peer->dtls.is_up |= standin->state == STANDIN_DONE;
}

void peer_dtls_tick(struct peer *peer)
{
    if (!peer->dtls.is_open)
        return;
    if (simulation.options.openssl) {
        peer_openssl_tick(peer);
        return;
    }
    standin_tick(&peer->dtls.standin, simulation.now);
    send_flight(peer);
}

void peer_dtls_close_notify(struct peer *peer)
{
    uint8_t record[RECORD_LAYER_OVERHEAD + 2];
    struct record_layer *layer = &peer->dtls.standin.layer;
    if (simulation.options.openssl) {
        peer_openssl_close_notify(peer);
        return;
    }
    record_layer_reserve(layer);
    int size = record_layer_close_notify(layer, record, sizeof(record));
    if (size > 0)
        peer_send(peer, record, (size_t)size);
}

void peer_dtls_end(struct peer *peer)
{
    if (simulation.options.openssl)
        peer_openssl_end(peer);
    peer->dtls.is_open = false;
}

void peer_dtls_keys(const struct peer *peer, struct transport_keys *ret_keys)
{
    simulation.options.openssl ? peer_openssl_keys(peer, ret_keys) : standin_keys(&peer->dtls.standin, ret_keys);
}

void peer_dtls_fingerprint(const struct peer *peer, char *ret_text, size_t size)
{
    uint8_t certificate[STANDIN_CERTIFICATE];
    if (simulation.options.openssl) {
        peer_openssl_fingerprint(ret_text, size);
    } else {
        memcpy(certificate, peer->dtls.certificate, sizeof(certificate));
        standin_fingerprint(certificate, ret_text, size);
    }
    if (peer->manner == MANNER_FORGED)
        ret_text[0] = ret_text[0] == '0' ? '1' : '0';
}
