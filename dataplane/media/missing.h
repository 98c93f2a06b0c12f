// SPDX-License-Identifier: Apache-2.0
// Which packets of a source have not come, and when to ask for them (RFC 4585 6.2.1). A packet may only be late: the
// first question waits. Bounded in number, age and questions; what is given up, a key frame repairs.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MISSING_MAX        128
#define MISSING_REORDER_MS 15  // a packet that is only out of order comes by then
#define MISSING_RETRY_MS   100 // before a round trip was measured
#define MISSING_TRIES      10
#define MISSING_AGE_MS     1000

struct missing_packet {
    uint64_t index;
    uint32_t seen_ms, asked_ms;
    uint32_t tries;
};

struct missing {
    struct missing_packet packets[MISSING_MAX]; // indexes ascend
    unsigned count;
    uint32_t ssrc; // the caller's
};

// All from `first` to before `end` are missing. Returns how many were given up for want of room.
unsigned missing_add(struct missing *missing, uint64_t first, uint64_t end, uint32_t now_ms);

// It came after all, by whatever way. False: nobody missed it.
bool missing_remove(struct missing *missing, uint64_t index);

// Those to ask for now, in order; each is counted as asked. What is too old is given up.
unsigned missing_due(struct missing *missing, uint32_t now_ms, uint32_t rtt_ms, uint16_t ret_sequences[MISSING_MAX],
                     unsigned *ret_given_up);
