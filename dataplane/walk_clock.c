// SPDX-License-Identifier: Apache-2.0
#include "walk_clock.h"

#define FIRST_NS   10000000ULL   // long enough to measure the rate to some millionths
#define LATER_NS   1000000000ULL // between two looks at the system's clock
#define STEP_NS    1000000       // the machine slept or moved: no use in being gradual
#define STEER_MOST 500e-6        // of the rate, as the kernel does

void walk_clock_start(struct walk_clock *clock, uint64_t cycles, uint64_t ns, uint64_t cycles_per_second)
{
    *clock = (struct walk_clock){.base_ns = ns,
                                 .base_cycles = cycles,
                                 .true_ns = ns,
                                 .true_cycles = cycles,
                                 .interval = FIRST_NS,
                                 .ns_per_cycle = 1e9 / (double)cycles_per_second};
}

uint64_t walk_clock_read(const struct walk_clock *clock, uint64_t cycles)
{
    return clock->base_ns + (uint64_t)((double)(cycles - clock->base_cycles) * clock->ns_per_cycle);
}

bool walk_clock_is_due(const struct walk_clock *clock, uint64_t cycles)
{
    return (double)(cycles - clock->base_cycles) * clock->ns_per_cycle > (double)clock->interval;
}

void walk_clock_set(struct walk_clock *clock, uint64_t cycles, uint64_t ns)
{
    uint64_t shown = walk_clock_read(clock, cycles);
    int64_t behind = (int64_t)(ns - shown);
    double rate = (double)(ns - clock->true_ns) / (double)(cycles - clock->true_cycles);
    double steer = (double)behind / LATER_NS; // gone in a second
    bool is_step = behind > STEP_NS || behind < -STEP_NS;
    if (steer > STEER_MOST || steer < -STEER_MOST)
        steer = steer > 0 ? STEER_MOST : -STEER_MOST;
    clock->base_ns = is_step ? ns : shown;
    clock->ns_per_cycle = is_step ? rate : rate * (1 + steer);
    clock->interval *= clock->interval < LATER_NS ? 10 : 1;
    if (is_step)
        clock->interval = FIRST_NS; // a rate measured over a pause is soon measured again
    clock->base_cycles = clock->true_cycles = cycles;
    clock->true_ns = ns;
}
