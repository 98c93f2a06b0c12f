// SPDX-License-Identifier: Apache-2.0
// Proves: packets become due in ticks at the rate asked for, a pause is caught up with gently, and the search ends at
// the highest rate that passes.
#include "pace.h"

#include <CUnit/CUnit.h>

#include "peers_suites.h"

static void is_due_by_ticks(void)
{
    static const struct {
        double rate;
        uint64_t elapsed_ns, sent, total, due;
    } rows[] = {
        {100000, 0, 0, 1000, 20}, // a tick's packets at its start
        {100000, PACE_TICK_NS - 1, 0, 1000, 20},
        {100000, PACE_TICK_NS, 20, 1000, 40},
        {100000, 10 * PACE_TICK_NS, 200, 1000, 220},
        {100000, 10 * PACE_TICK_NS, 20, 1000, 61}, // twice the rate after a pause
        {100000, 1000000000, 990, 1000, 1000},     // never more than all
        {1000, 0, 0, 1000, 0},                     // less than one a tick
        {1000, 4 * PACE_TICK_NS, 0, 1000, 1},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        CU_ASSERT_EQUAL(pace_due(rows[i].rate, rows[i].elapsed_ns, rows[i].sent, rows[i].total), rows[i].due);
}

// However seldom it is asked, all packets become due, and none before its time.
static void keeps_the_rate(void)
{
    static const double rates[] = {150, 777, 5000, 33333, 250000};
    for (unsigned i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
        uint64_t total = (uint64_t)rates[i], sent = 0, ticks = 0;
        for (; sent < total && ticks < 100000; ticks++) {
            uint64_t due = pace_due(rates[i], ticks * PACE_TICK_NS, sent, total);
            CU_ASSERT_TRUE(due >= sent);
            CU_ASSERT_TRUE((double)due <= rates[i] * (double)(ticks + 1) * PACE_TICK_NS / 1e9);
            sent = due;
        }
        CU_ASSERT_TRUE(ticks >= 4999 && ticks <= 5001); // a second
    }
}

static double find(double capacity, double guess, double growth, double most, unsigned *ret_tries)
{
    struct rate_search search;
    rate_search_begin(&search, guess, growth, 1.03, most);
    for (*ret_tries = 0; !search.done && *ret_tries < 100; ++*ret_tries)
        rate_search_tell(&search, search.rate <= capacity);
    return search.passed;
}

static void finds_the_highest_rate(void)
{
    static const struct {
        double capacity, guess, growth, most, least;
    } rows[] = {
        {50000, 20000, 1.5, 400000, 50000 / 1.03}, {50000, 120000, 1.5, 400000, 50000 / 1.03},
        {50000, 49999, 1.1, 400000, 50000 / 1.03}, {1e9, 20000, 1.5, 400000, 400000},
        {1e9, 900000, 1.5, 400000, 400000},        {150, 20000, 1.5, 400000, 150 / 1.03},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        unsigned tries;
        double found = find(rows[i].capacity, rows[i].guess, rows[i].growth, rows[i].most, &tries);
        CU_ASSERT_TRUE(found >= rows[i].least && found <= rows[i].capacity && found <= rows[i].most);
        CU_ASSERT_TRUE(tries < 30);
    }
}

static void gives_up_where_nothing_passes(void)
{
    unsigned tries;
    CU_ASSERT_EQUAL(find(0, 20000, 1.5, 400000, &tries), 0);
    CU_ASSERT_TRUE(tries < 30);
}

void pace_suite(void)
{
    CU_pSuite suite = CU_add_suite("pace", NULL, NULL);
    CU_add_test(suite, "packets are due by ticks", is_due_by_ticks);
    CU_add_test(suite, "the rate is kept", keeps_the_rate);
    CU_add_test(suite, "the highest rate that passes is found", finds_the_highest_rate);
    CU_add_test(suite, "a search ends where nothing passes", gives_up_where_nothing_passes);
}
