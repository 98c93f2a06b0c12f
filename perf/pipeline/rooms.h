// SPDX-License-Identifier: Apache-2.0
// Who talks to whom: sessions with keys and proven addresses, written into the tables as naru-control and a dataplane
// before this one would have left them.
#pragma once

#include "testbed.h"

#define ROOMS_EXTENSION_MID       1
#define ROOMS_EXTENSION_SEND_TIME 2
#define ROOMS_EXTENSION_SEQUENCE  3 // transport-wide, toward the gateway only
#define ROOMS_PAYLOAD_TYPE        96
#define ROOMS_PEER_PORT           40000

struct rooms {
    uint16_t suite;
    uint32_t transports; // calls: peers, two by two; else rooms * (viewers + 1)
    uint32_t viewers;    // per room with one publisher; 0: calls of two
};

// Senders, and the transport of each.
static inline uint32_t rooms_sources(const struct rooms *rooms)
{
    return rooms->viewers ? rooms->transports / (rooms->viewers + 1) : rooms->transports;
}

static inline uint32_t rooms_source_transport(const struct rooms *rooms, uint32_t source)
{
    return rooms->viewers ? source * (rooms->viewers + 1) : source;
}

static inline uint32_t rooms_copies(const struct rooms *rooms)
{
    return rooms->viewers ? rooms->viewers : 1;
}

static inline uint32_t rooms_ssrc(uint32_t transport)
{
    return 0x100000u + transport;
}

// Where the peer of a transport lives, and the keys of both directions.
void rooms_peer(uint32_t transport, uint8_t ret_ip[4]);
void rooms_keys(const struct rooms *rooms, uint32_t transport, struct transport_keys *ret_keys);

void rooms_write(const struct rooms *rooms);
