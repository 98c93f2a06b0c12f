// SPDX-License-Identifier: Apache-2.0
// dataplane/walk_clock.c: proves that the clock finds the counter's rate, never steps, and follows the system's.
#include "nodes_suites.h"
#include "walk_clock.h"

#include <CUnit/CUnit.h>

#define SECOND UINT64_C(1000000000)

static uint64_t cycles_at(uint64_t ns, double hz)
{
    return (uint64_t)((double)ns * hz / 1e9);
}

static void a_wrong_first_guess_makes_no_step_and_is_forgotten(void)
{
    static const double guesses[] = {2450e6, 2455e6, 2445e6, 2400e6, 3000e6}; // of 2449.7 MHz
    const double hz = 2449.7e6;
    for (unsigned row = 0; row < sizeof(guesses) / sizeof(guesses[0]); row++) {
        struct walk_clock clock;
        uint64_t last = 5 * SECOND, worst = 0, step = 0;
        walk_clock_start(&clock, cycles_at(last, hz), last, (uint64_t)guesses[row]);
        for (uint64_t ns = last; ns < 15 * SECOND; ns += 10000) {
            uint64_t cycles = cycles_at(ns, hz);
            if (walk_clock_is_due(&clock, cycles))
                walk_clock_set(&clock, cycles, ns + (ns / 7000) % 200); // the reading itself is not exact
            uint64_t now = walk_clock_read(&clock, cycles);
            uint64_t passed = now > last ? now - last : 0, off = now > ns ? now - ns : ns - now;
            if (row < 4 && ns > 5 * SECOND)
                step = passed > 10000 + step ? passed - 10000 : step;
            if (ns > 10 * SECOND && off > worst)
                worst = off;
            last = now;
        }
        CU_ASSERT(step <= 300); // of 10 microseconds: 2 % of the worst guess, while it lasts
        CU_ASSERT(worst <= 1000);
    }
}

static void a_machine_that_slept_is_followed_at_once(void)
{
    struct walk_clock clock;
    const uint64_t hz = 1000000000;
    walk_clock_start(&clock, 0, 0, hz);
    for (uint64_t ns = 0; ns < 5 * SECOND; ns += 1000000)
        if (walk_clock_is_due(&clock, ns))
            walk_clock_set(&clock, ns, ns);
    uint64_t slept = 60 * SECOND; // the counter stood still
    for (uint64_t cycles = 5 * SECOND; cycles < 9 * SECOND; cycles += 1000000)
        if (walk_clock_is_due(&clock, cycles))
            walk_clock_set(&clock, cycles, cycles + slept);
    uint64_t now = walk_clock_read(&clock, 9 * SECOND);
    CU_ASSERT(now > 69 * SECOND - 1000000 && now < 69 * SECOND + 1000000);
}

void walk_clock_suite(void)
{
    CU_pSuite suite = CU_add_suite("walk_clock", NULL, NULL);
    CU_ADD_TEST(suite, a_wrong_first_guess_makes_no_step_and_is_forgotten);
    CU_ADD_TEST(suite, a_machine_that_slept_is_followed_at_once);
}
