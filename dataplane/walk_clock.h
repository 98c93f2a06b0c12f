// SPDX-License-Identifier: Apache-2.0
// Nanoseconds out of the cycle counter, so that a walk asks no system for the time. The counter's rate is measured
// against the system's clock again and again; what it is off by is made good gradually: timers, pacing and arrival
// times of media see no step.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct walk_clock {
    uint64_t base_ns, base_cycles; // where this clock was when it was set last
    uint64_t true_ns, true_cycles; // what the system's clock said then
    uint64_t interval;             // ns until it is set again
    double ns_per_cycle;           // of this clock
};

// cycles and ns: the two clocks, read together. cycles_per_second: a first guess.
void walk_clock_start(struct walk_clock *clock, uint64_t cycles, uint64_t ns, uint64_t cycles_per_second);

uint64_t walk_clock_read(const struct walk_clock *clock, uint64_t cycles);

// Whether it is time to read both clocks and set this one.
bool walk_clock_is_due(const struct walk_clock *clock, uint64_t cycles);
void walk_clock_set(struct walk_clock *clock, uint64_t cycles, uint64_t ns);
