// SPDX-License-Identifier: Apache-2.0
#include "peers.h"

#include "chance.h"
#include "rules.h"
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKS_NS    (500 * MILLISECOND)
#define ASKS_FOR   (60 * SECOND)
#define CHECK_NS   (100 * MILLISECOND)
#define CONSENT_NS (2 * SECOND)
#define MEDIA_NS   (50 * MILLISECOND)
#define LOST_NS    (30 * SECOND) // RFC 7675 5.1
#define SET_UP_NS  (50 * SECOND) // longer than naru-control's own limits

struct peers peers;

static enum peer_manner choose_manner(void)
{
    static const unsigned shares[MANNERS] = {40, 30, 10, 6, 6, 8};
    uint64_t lot = chance_between(CHANCE_PEERS, 0, 99);
    unsigned manner = 0;
    for (; manner + 1 < MANNERS && lot >= shares[manner]; manner++)
        lot -= shares[manner];
    return (enum peer_manner)manner;
}

// Every sixth publishes; some rooms get a second publisher, who comes later.
static void invent(struct peer *peer, unsigned number)
{
    unsigned rooms = peers.count / 6 + 1, seconds = simulation.options.seconds;
    *peer = (struct peer){.number = number, .manner = choose_manner(), .is_dtls_client = chance_of(CHANCE_PEERS, 750)};
    peer->is_publisher = number < rooms || chance_of(CHANCE_PEERS, 80);
    if (number < rooms && chance_of(CHANCE_PEERS, 800))
        peer->manner = MANNER_DELETES;
    snprintf(peer->room, sizeof(peer->room), "room%u",
             number < rooms ? number : (unsigned)chance_between(CHANCE_PEERS, 0, rooms - 1));
    peer->comes_at =
        simulation.now + chance_between(CHANCE_PEERS, 0, seconds * (number < rooms ? 700 : 1000)) * MILLISECOND;
    peer->stays_ns = chance_between(CHANCE_PEERS, 3000, number < rooms ? 45000 : 25000) * MILLISECOND;
    peer->address = transport_address_ipv4((const uint8_t[]){10, 1, (uint8_t)(number >> 8), (uint8_t)number}, 5000);
    snprintf(peer->ufrag, sizeof(peer->ufrag), "peer%u", number);
    snprintf(peer->pwd, sizeof(peer->pwd), "passwordOfThePeer%06u", number);
    chance_fill(CHANCE_PEERS, peer->dtls.certificate, sizeof(peer->dtls.certificate));
}

void peers_open(void)
{
    peers = (struct peers){.count = simulation.options.sessions};
    peers.list = calloc(peers.count ? peers.count : 1, sizeof(*peers.list));
    if (!peers.list)
        abort();
    for (unsigned i = 0; i < peers.count; i++)
        invent(&peers.list[i], i);
}

void peers_close(void)
{
    free(peers.list);
    peers.list = NULL;
}

struct peer *peers_find_id(const char *id)
{
    for (unsigned i = 0; i < peers.count; i++)
        if (peers.list[i].id[0] && !strcmp(peers.list[i].id, id))
            return &peers.list[i];
    return NULL;
}

struct peer *peers_find_address(const struct transport_address *address)
{
    unsigned number = (unsigned)address->ip[14] << 8 | address->ip[15];
    return address->ip[12] == 10 && number < peers.count ? &peers.list[number] : NULL;
}

void peers_send_home(void)
{
    for (unsigned i = 0; i < peers.count; i++)
        if (peers.list[i].leaves_at > simulation.now)
            peers.list[i].leaves_at = simulation.now;
}

void peer_send(struct peer *peer, const void *data, size_t size)
{
    static struct datagram datagram;
    datagram.from = peer->address;
    datagram.to = peer->gateway;
    datagram.size = (unsigned)size;
    memcpy(datagram.data, data, size);
    network_send(&datagram, true);
}

void peer_go(struct peer *peer, const char *verdict)
{
    snprintf(peer->verdict, sizeof(peer->verdict), "%s", verdict);
    trace("peer %u goes: %s", peer->number, verdict);
    peer->state = PEER_IS_GONE;
    peer_dtls_end(peer);
    peer_close_media(peer);
    peers.gone++;
}

static void asks(struct peer *peer)
{
    if (simulation.now < peer->asks_at)
        return;
    peer->asks_at = simulation.now + ASKS_NS;
    if (!peer_ask(peer)) {
        peer->id[0] = 0;
        if (simulation.now >= peer->gives_up_at)
            peer_go(peer, "nobody took it");
        return;
    }
    if (peer->state != PEER_ASKS)
        return;
    peer->state = PEER_CHECKS;
    peer->checks_at = peer->heard_at = simulation.now;
    peer->gives_up_at = simulation.now + SET_UP_NS;
    peer->leaves_at = simulation.now + peer->stays_ns;
    if (chance_of(CHANCE_PEERS, 200))
        peer->restarts_at =
            simulation.now + chance_between(CHANCE_PEERS, 100, peer->stays_ns / MILLISECOND) * MILLISECOND;
}

static void checks(struct peer *peer, uint64_t interval)
{
    if (peer->manner == MANNER_SILENT || simulation.now < peer->checks_at)
        return;
    peer->checks_at = simulation.now + interval;
    peer_check(peer, true);
}

static bool is_given_up(struct peer *peer)
{
    if (peer->has_ended)
        peer_go(peer, "ended while it was set up");
    else if (peer->was_killed)
        peer_go(peer, "half done when naru-control was killed");
    else if (simulation.now >= peer->gives_up_at)
        peer_go(peer, "not set up, and nobody said why");
    return peer->state == PEER_IS_GONE;
}

static void set_up(struct peer *peer)
{
    if (is_given_up(peer))
        return;
    checks(peer, peer->was_answered ? CONSENT_NS : CHECK_NS);
    if (peer->state == PEER_CHECKS && peer->was_answered && peer->manner != MANNER_MUTE) {
        peer->state = PEER_SHAKES;
        peer_dtls_begin(peer);
    }
    if (peer->state == PEER_SHAKES)
        peer_dtls_tick(peer);
    if (!peer->dtls.is_up)
        return;
    peer->state = PEER_IS_UP;
    trace("peer %u is up", peer->number);
    rules_see_up(peer);
    peer_open_media(peer);
}

static void leave(struct peer *peer)
{
    if (peer->manner == MANNER_CLOSES) {
        peer_dtls_close_notify(peer);
        peer_go(peer, "closed");
    } else if (peer->manner == MANNER_VANISHES) {
        peer_go(peer, "vanished");
    } else {
        peer->state = PEER_LEAVES;
        peer->asks_at = simulation.now;
        peer->gives_up_at = simulation.now + ASKS_FOR;
    }
}

static void restart(struct peer *peer)
{
    peer->restarts_at = peer_restart(peer) ? 0 : simulation.now + ASKS_NS;
    peer->was_answered = false;
    peer->checks_at = simulation.now;
}

static void is_up(struct peer *peer)
{
    if (peer->dtls.is_closed) {
        if (!peer->has_ended && !peer->was_ending)
            broken("peer %u is told that its session is closed, and it is not", peer->number);
        peer_go(peer, "closed by the gateway");
    } else if (simulation.now - peer->heard_at >= LOST_NS) {
        if (!peer->has_ended && !peer->was_paused && !peer->was_killed)
            broken("peer %u is not answered any more", peer->number);
        peer_go(peer, "not answered any more");
    } else if (simulation.now >= peer->leaves_at) {
        leave(peer);
    } else if (peer->restarts_at && simulation.now >= peer->restarts_at && !peer->has_ended) {
        restart(peer);
    } else {
        checks(peer, peer->was_answered ? CONSENT_NS : CHECK_NS);
        peer_dtls_tick(peer);
        if (peer->is_publisher && simulation.now >= peer->media_at) {
            peer->media_at = simulation.now + MEDIA_NS;
            peer_send_media(peer);
        }
    }
}

static void leaves(struct peer *peer)
{
    if (simulation.now < peer->asks_at)
        return;
    peer->asks_at = simulation.now + ASKS_NS;
    if (peer_delete(peer))
        peer_go(peer, "left");
    else if (simulation.now >= peer->gives_up_at)
        peer_go(peer, "left, and nobody heard it");
}

void peers_step(void)
{
    for (unsigned i = 0; i < peers.count; i++) {
        struct peer *peer = &peers.list[i];
        if (peer->state == PEER_TO_COME && simulation.now >= peer->comes_at) {
            peer->state = PEER_ASKS;
            peer->gives_up_at = simulation.now + ASKS_FOR;
        }
        if (peer->state == PEER_ASKS)
            asks(peer);
        else if (peer->state == PEER_CHECKS || peer->state == PEER_SHAKES)
            set_up(peer);
        else if (peer->state == PEER_IS_UP)
            is_up(peer);
        else if (peer->state == PEER_LEAVES)
            leaves(peer);
    }
}

void peers_receive(const struct datagram *datagram)
{
    struct peer *peer = peers_find_address(&datagram->to);
    if (!peer || peer->state < PEER_CHECKS || peer->state == PEER_IS_GONE || peer->manner == MANNER_SILENT ||
        datagram->size == 0)
        return;
    if (datagram->data[0] < 4)
        peer_stun(peer, datagram);
    else if (datagram->data[0] >= 20 && datagram->data[0] < 64)
        peer_dtls_input(peer, datagram->data, datagram->size);
    else if (datagram->data[0] >= 128 && datagram->data[0] < 192)
        peer_take_media(peer, datagram);
}
