// SPDX-License-Identifier: Apache-2.0
// dataplane/load_window.c: proves that the load is the busy share of the last second, and nothing older.
#include "load_window.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

#define STEP 200000000ULL // cycles

static void the_load_is_the_busy_share_of_the_last_second(void)
{
    static const struct {
        unsigned steps, busy_percent;
        uint32_t load;
    } rows[] = {
        {1, 0, 0}, {1, 100, 100}, {8, 0, 100}, {1, 0, 100}, {1, 0, 0}, {10, 100, 1000}, {5, 50, 750}, {10, 1, 10},
    };
    struct load_window window;
    uint64_t total = 12345, busy = 678; // counters run on over restarts
    uint32_t load = 0;
    load_window_start(&window, total, busy, LOAD_MARKS * STEP);
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        for (unsigned i = 0; i < rows[row].steps; i++) {
            total += STEP;
            busy += STEP * rows[row].busy_percent / 100;
            load = load_window_step(&window, total, busy);
        }
        CU_ASSERT_EQUAL(load, rows[row].load);
    }
}

static void what_is_nobodys_does_not_count(void)
{
    static const struct {
        struct load_walk walk;
        uint64_t cycles, busy;
    } rows[] = {
        {{0, 0, false}, 300, 0},         {{0, 0, true}, 300, 300},      {{32, 0, false}, 9000, 9000},
        {{1, 1, false}, 5000, 0},        {{32, 32, false}, 8000, 0},    {{32, 40, false}, 8000, 0},
        {{32, 32, true}, 40000, 20800},                                 // a stray's 600 at most
        {{32, 31, false}, 64000, 45400}, {{32, 16, false}, 3200, 1600}, // nor more than the mean
        {{32, 40, true}, 3200, 0},
    };
    for (unsigned row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
        CU_ASSERT_EQUAL(load_walk_busy(&rows[row].walk, rows[row].cycles), rows[row].busy);
}

static void what_others_had_of_the_cpu_does_not_count(void)
{
    CU_ASSERT_EQUAL(load_walk_lost(2300000, 2300000000ULL), 0);
    CU_ASSERT_EQUAL(load_walk_lost(2300001, 2300000000ULL), 1);
    CU_ASSERT_EQUAL(load_walk_lost(9200000, 2300000000ULL), 6900000);
}

static void it_never_exceeds_all_of_it(void)
{
    struct load_window window;
    load_window_start(&window, 100, 100, 0);
    CU_ASSERT_EQUAL(load_window_step(&window, 100, 100), 0);
    CU_ASSERT_EQUAL(load_window_step(&window, 110, 130), LOAD_FULL);
}

void load_window_suite(void)
{
    CU_pSuite suite = CU_add_suite("load_window", NULL, NULL);
    CU_add_test(suite, "the load is the busy share of the last second", the_load_is_the_busy_share_of_the_last_second);
    CU_add_test(suite, "what is nobody's does not count", what_is_nobodys_does_not_count);
    CU_add_test(suite, "what others had of the CPU does not count", what_others_had_of_the_cpu_does_not_count);
    CU_add_test(suite, "it never exceeds all of it", it_never_exceeds_all_of_it);
}
