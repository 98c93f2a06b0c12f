// SPDX-License-Identifier: Apache-2.0
// What a sender of RTX keeps (RFC 4588): which packet of the source an own sequence number stands for, and how much may
// be sent again. No more than a fifth of what the stream takes, and no packet twice within a round trip: a receiver
// that asks for everything gets little.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RETRANSMISSION_EPOCHS   4
#define RETRANSMISSION_RECENT   128    // resends that are remembered
#define RETRANSMISSION_SHARE    5      // one of so many octets
#define RETRANSMISSION_BURST    20000u // octets that may always be sent at once
#define RETRANSMISSION_RETRY_MS 100    // before a round trip was measured

// From index `first` on, out = in + offset.
struct retransmission_epoch {
    uint64_t first, offset;
    uint32_t source_ssrc; // 0: none yet
    uint32_t timestamp_offset;
};

struct retransmission {
    struct retransmission_epoch epochs[RETRANSMISSION_EPOCHS];
    unsigned newest;
    bool started; // by this process
    uint64_t octets_mark;
    uint64_t tokens; // octets
    struct {
        uint32_t index;              // its lower half
        uint32_t at_ms;              // 0: free
    } recent[RETRANSMISSION_RECENT]; // by index
};

void retransmission_begin_epoch(struct retransmission *retransmission, const struct retransmission_epoch *epoch);

// The epoch that an outgoing index belongs to, NULL: older than what is remembered.
const struct retransmission_epoch *retransmission_find_epoch(const struct retransmission *retransmission,
                                                             uint64_t index);

// octets: what the stream has sent by now; kbps: its rate. Refills what may be resent, to a second's share at most.
void retransmission_refill(struct retransmission *retransmission, uint64_t octets, uint32_t kbps);

bool retransmission_is_too_soon(const struct retransmission *retransmission, uint64_t index, uint32_t now_ms,
                                uint32_t rtt_ms);

// Takes the octets and remembers the resend. False: over budget, nothing changed.
bool retransmission_take(struct retransmission *retransmission, uint64_t index, uint32_t octets, uint32_t now_ms);
