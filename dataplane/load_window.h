// SPDX-License-Identifier: Apache-2.0
// How busy a worker is: the share of its cycles, over the last second, that went into walks which found work. A worker
// that polls is never idle, and what it polls in vain counts as spare; so does what it spends on packets that are
// nobody's, for media comes before them. Cycles that others had of its CPU are none of its own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LOAD_MARKS          10
#define LOAD_STEP_NS        100000000ULL // between two marks
#define LOAD_FULL           1000         // thousandths
#define LOAD_WALKS_A_SECOND 1000 // a walk that lasts longer than a millisecond was interrupted: bursts are small
#define LOAD_STRAY_CYCLES   600  // what a packet that is dropped as nobody's takes at most, among others

// What was found in one walk.
struct load_walk {
    uint32_t received, strays; // packets that came in, and those of them (at most) that were dropped as nobody's
    bool worked;               // something else
};

static inline bool load_walk_is_empty(const struct load_walk *walk)
{
    return !walk->worked && walk->received == 0;
}

// So many of the walk's cycles were not its own, on a CPU of so many cycles a second.
static inline uint64_t load_walk_lost(uint64_t cycles, uint64_t second)
{
    uint64_t most = second / LOAD_WALKS_A_SECOND;
    return cycles > most ? cycles - most : 0;
}

// So many of its own cycles count. A stray costs no more than the mean of all packets does.
uint64_t load_walk_busy(const struct load_walk *walk, uint64_t cycles);

struct load_window {
    struct {
        uint64_t total, busy;
    } marks[LOAD_MARKS]; // the counters as they were, a ring
    unsigned oldest;
};

// total, busy: cycles since ever, as the worker counts them; the second before, of so many cycles, counts as idle.
void load_window_start(struct load_window *window, uint64_t total, uint64_t busy, uint64_t second);

// Once a step: thousandths since the oldest mark, which gives way to a new one.
uint32_t load_window_step(struct load_window *window, uint64_t total, uint64_t busy);
