// SPDX-License-Identifier: Apache-2.0
// Media at a rate through the gateway, with or without a flood beside it: what was lost, how long it took, and when one
// of the two CPUs was not there.
#pragma once

#include "histogram.h"
#include "traffic.h"

struct load {
    double rate;       // packets of media a second toward the gateway
    double flood_rate; // of flood's frames, in turn
    double seconds;
    struct device_feed *flood; // NULL: none
    bool latency;
    bool drops_all; // nothing is expected back: a bare process that drops
};

// A thread that spins was not seen for a while. Its CPU was taken away, or it was busy for so long.
struct gaps {
    unsigned count;
    double total_us, longest_us;
};

struct load_result {
    uint64_t offered, refused;   // by the full ring of the link: lost, too
    uint64_t expected, received; // copies that should have come back, and those that did
    uint64_t flood_offered, flood_refused;
    double seconds, rate, flood_rate; // as it was
    struct gaps mine, theirs;         // over 50 us here, over 100 us there
    unsigned slices, clean;           // of 1 ms; clean: without a gap in it or in the two before
    struct histogram all, gated;      // cycles from the making of a packet to its return; gated: clean slices only
};

static inline uint64_t load_lost(const struct load_result *result)
{
    return result->expected > result->received ? result->expected - result->received : 0;
}

// 0, else -1: the gateway ended.
int load_run(const struct load *load, struct traffic *traffic, struct load_result *ret_result);
