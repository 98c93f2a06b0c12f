// SPDX-License-Identifier: Apache-2.0
// A flood of what nobody asked for beside live media on the same worker.
#pragma once

#include "load.h"

#include <stdbool.h>

enum flood_kind {
    FLOOD_JUNK, // random bytes, what looks like RTP, what looks like DTLS; from addresses that nobody knows
    FLOOD_STUN, // checks for sessions that exist, with a wrong MESSAGE-INTEGRITY
    FLOOD_KINDS
};
extern const char *const flood_names[FLOOD_KINDS];

#define FLOOD_STEPS 6

struct flood_step {
    double flood_rate;                  // packets a second, as they were sent
    uint64_t media, media_lost;         // in parts without a gap that could have lost them
    uint64_t media_all, media_lost_all; // in all parts
    uint64_t flood_refused;             // by the full ring of the link
    unsigned parts, repeated;           // repeated: a CPU was away meanwhile, and media was lost
    bool within;                        // up to the bare drop rate
};

struct flood_result {
    double media_rate; // packets a second
    double bare_rate;  // the flood that a process takes that drops at once, the same media beside it
    struct flood_step steps[FLOOD_STEPS];
};

// Frames of a flood toward the gateway. 0 or -ENOMEM.
int flood_open(enum flood_kind kind, uint32_t transports, struct device_feed *ret_feed);
void flood_close(struct device_feed *feed);

// session_start_all() was called. 0, else -1 after a line on stderr.
int flood_run(enum flood_kind kind, bool quick, struct flood_result *ret_result);

// Packets of media that were lost at rates up to the bare drop rate.
uint64_t flood_lost(const struct flood_result *result);
