// SPDX-License-Identifier: Apache-2.0
// What all parts of the simulator share: virtual time, the trace, and the rules that were broken.
#pragma once

#include "simulate_options.h"

#define MILLISECOND UINT64_C(1000000)
#define SECOND      UINT64_C(1000000000)

// One in the program: clocks and randomness have no context of their own.
struct simulation {
    struct options options;
    uint64_t now;          // ns, of the world
    uint64_t lag;          // how far the machine's monotonic clock is behind, which stood still while it was suspended
    int64_t wall_offset;   // s that the machine's wall clock is wrong by
    uint64_t paused_until; // the machine stands still
    unsigned broken;       // rules
    uint64_t hash;         // of the trace so far
};
extern struct simulation simulation;

// The machine's clocks.
uint64_t simulation_monotonic(void);
int64_t simulation_wall(void);

// An event: part of the hash, and printed with --trace.
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A rule was broken: printed always.
void broken(const char *format, ...) __attribute__((format(printf, 1, 2)));
