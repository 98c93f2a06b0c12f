// SPDX-License-Identifier: Apache-2.0
// Many flows of random keys and all suites, each known to libsrtp2 and to naru: libsrtp2 is the judge of every packet.
#pragma once
#include "keys.h"
#include "replay_window.h"
#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    FLOWS = 64,
    BYTES_MAX = 1600, // a packet with its trailer and the canary behind it
    POOL = 48,        // packets that are on their way for longer
};

struct flow {
    struct srtp_keys keys;
    struct srtp_replay_window window;
    srtp_t sender, receiver;
    uint64_t index; // next to be sent
    uint32_t ssrc;
    uint16_t suite;
};

// What travels between the two ends.
struct wire_packet {
    struct flow *flow;
    uint32_t length, header_length;
    bool intact, fresh_jump;
    uint8_t bytes[BYTES_MAX];
};

// Opens libsrtp2 and makes the flows' keys for `use` with `engine`. Returns NULL when memory is out.
struct flow *oracle_open(struct srtp_engine *engine, enum srtp_use use, uint64_t *random);
void oracle_close(struct flow *flows);

// How many packets to run: NARU_SRTP_PACKETS, default 1,000,000.
unsigned long oracle_packets(void);

// The channel: loses, delays, repeats and falsifies. Calls deliver for what arrives now.
struct channel {
    uint64_t *random;
    void (*deliver)(void *context, const struct wire_packet *packet);
    void *context;
    unsigned delayed;
    struct wire_packet pool[POOL];
};
void channel_send(struct channel *channel, const struct wire_packet *packet);
