// SPDX-License-Identifier: Apache-2.0
// What a peer that holds the keys may do to a gateway: authentic packets that no honest peer sends, and damaged or
// repeated SRTCP, from its own address.
#pragma once
#include "rtp_packet.h"
#include "srtp_pair.h"

#define HOSTILE_KINDS_MAX 9

struct session;

struct hostile_packet {
    size_t size; // 0: none was made yet
    uint8_t data[RTP_PACKET_MAX + SRTP_PAIR_TAIL] __attribute__((aligned(8)));
};

struct hostile {
    uint64_t due_ns, sent;
    unsigned turn; // which kind is next
    uint32_t random;
    uint16_t sequence; // of RTP beside the media
    struct hostile_packet kept;
};

// The bit of a kind, 0: there is none of that name.
unsigned hostile_kind(const char *name);
// Once a tick: sends what is due of the session's options.
void hostile_tick(struct session *session, uint64_t now);
