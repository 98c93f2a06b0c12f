// SPDX-License-Identifier: Apache-2.0
// Who talks to whom: sessions with keys and proven addresses, written into the tables as naru-control and a dataplane
// before this one would have left them.
#pragma once

#include "testbed.h"

#define ROOMS_EXTENSION_MID       1
#define ROOMS_EXTENSION_SEND_TIME 2
#define ROOMS_EXTENSION_SEQUENCE  3 // transport-wide, toward the gateway only
#define ROOMS_PAYLOAD_TYPE        96
#define ROOMS_RTX_PAYLOAD_TYPE    97
#define ROOMS_PEER_PORT           40000
#define ROOMS_LOCAL_UFRAG         "%08x" // with the transport's index
#define ROOMS_LOCAL_PWD           "local-password-of-22-chars"
#define ROOMS_REMOTE_UFRAG        "peer"
#define ROOMS_REMOTE_PWD          "remote-password-of-22-chars"

struct rooms {
    uint16_t suite;
    uint32_t transports;   // calls: peers, two by two; else rooms * (viewers + 1)
    uint32_t viewers;      // per room with one publisher; 0: calls of two
    uint32_t live;         // of calls of two: so many sources send, spread over all calls; 0: all
    bool rtx;              // video: retransmission was negotiated, so that the history is written
    bool unproven;         // the peers' addresses are not written: checks find them
    uint16_t viewer_suite; // 0: the publisher's
};

// Senders, and the transport of each.
static inline uint32_t rooms_sources(const struct rooms *rooms)
{
    uint32_t all = rooms->viewers ? rooms->transports / (rooms->viewers + 1) : rooms->transports;
    return rooms->live && rooms->live < all ? rooms->live : all;
}

static inline uint32_t rooms_source_transport(const struct rooms *rooms, uint32_t source)
{
    if (rooms->viewers)
        return source * (rooms->viewers + 1);
    uint32_t apart = rooms->transports / rooms_sources(rooms); // calls stay together
    return (source & ~1u) * apart + (source & 1);
}

static inline uint32_t rooms_copies(const struct rooms *rooms)
{
    return rooms->viewers ? rooms->viewers : 1;
}

static inline uint32_t rooms_ssrc(uint32_t transport)
{
    return 0x100000u + transport;
}

// Under which suite the viewers, or a call's other half, get their packets.
static inline uint16_t rooms_sent_suite(const struct rooms *rooms)
{
    return rooms->viewers && rooms->viewer_suite ? rooms->viewer_suite : rooms->suite;
}

// Where the peer of a transport lives, and the keys of both directions.
void rooms_peer(uint32_t transport, uint8_t ret_ip[4]);
void rooms_keys(const struct rooms *rooms, uint32_t transport, struct transport_keys *ret_keys);

// control: intents; state: what a dataplane left behind. May be the same view, where it can write both.
void rooms_write(const struct rooms *rooms, struct tables *control, struct tables *state);
