// SPDX-License-Identifier: Apache-2.0
// How busy a worker is: the share of its cycles, over the last second, that went into walks which found work. A worker
// that polls is never idle, and what it polls in vain counts as spare.
#pragma once

#include <stdint.h>

#define LOAD_MARKS   10
#define LOAD_STEP_NS 100000000ULL // between two marks
#define LOAD_FULL    1000         // thousandths

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
