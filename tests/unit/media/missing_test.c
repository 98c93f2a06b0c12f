// SPDX-License-Identifier: Apache-2.0
// Proves: a gap is asked for after a short wait, again after a round trip, and for a bounded time; what came is not.
#include "missing.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "media_suites.h"

static struct missing missing;
static uint16_t asked[MISSING_MAX];
static unsigned given_up;

static unsigned due(uint32_t now_ms, uint32_t rtt_ms)
{
    return missing_due(&missing, now_ms, rtt_ms, asked, &given_up);
}

static void start(void)
{
    memset(&missing, 0, sizeof(missing));
}

static void a_gap_waits_for_reordering(void)
{
    start();
    CU_ASSERT_EQUAL(missing_add(&missing, 65534, 65538, 1000), 0);
    CU_ASSERT_EQUAL(due(1000 + MISSING_REORDER_MS - 1, 0), 0);
    CU_ASSERT(missing_remove(&missing, 65536)); // was only late
    CU_ASSERT_EQUAL_FATAL(due(1000 + MISSING_REORDER_MS, 0), 3);
    CU_ASSERT_EQUAL(asked[0], 65534);
    CU_ASSERT_EQUAL(asked[1], 65535);
    CU_ASSERT_EQUAL(asked[2], 1);
    CU_ASSERT_FALSE(missing_remove(&missing, 65536));
    CU_ASSERT_FALSE(missing_remove(&missing, 70000));
}

static void is_repeated_by_the_round_trip(void)
{
    static const struct {
        uint32_t rtt_ms, wait_ms;
    } rows[] = {{0, MISSING_RETRY_MS}, {1, 20}, {40, 60}, {200, 300}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start();
        missing_add(&missing, 7, 8, 0);
        CU_ASSERT_EQUAL(due(20, rows[i].rtt_ms), 1);
        CU_ASSERT_EQUAL(due(20 + rows[i].wait_ms - 1, rows[i].rtt_ms), 0);
        CU_ASSERT_EQUAL(due(20 + rows[i].wait_ms, rows[i].rtt_ms), 1);
    }
}

static void tries_and_age_are_bounded(void)
{
    unsigned questions = 0, lost = 0;
    start();
    missing_add(&missing, 7, 8, 0);
    for (uint32_t now = 0; now < 5000; now++) {
        questions += due(now, 1);
        lost += given_up;
    }
    CU_ASSERT_EQUAL(questions, MISSING_TRIES);
    CU_ASSERT_EQUAL(lost, 1);
    CU_ASSERT_EQUAL(missing.count, 0);
    missing_add(&missing, 9, 10, 5000);
    CU_ASSERT_EQUAL(due(5000 + MISSING_AGE_MS, 0), 0); // never asked: a worker that stood still
    CU_ASSERT_EQUAL(given_up, 1);
}

static void the_table_is_bounded_and_keeps_the_newest(void)
{
    start();
    CU_ASSERT_EQUAL(missing_add(&missing, 0, 100, 0), 0);
    CU_ASSERT_EQUAL(missing_add(&missing, 1000, 1000 + MISSING_MAX - 10, 0), 90);
    CU_ASSERT_EQUAL(missing.count, MISSING_MAX);
    CU_ASSERT_EQUAL(missing.packets[0].index, 90);
    CU_ASSERT_EQUAL(missing_add(&missing, 1u << 20, 2u << 20, 0), UINT16_MAX + MISSING_MAX);
    CU_ASSERT_EQUAL(missing.count, MISSING_MAX);
    CU_ASSERT_EQUAL(missing.packets[MISSING_MAX - 1].index, (2u << 20) - 1);
    CU_ASSERT_EQUAL(due(100, 0), MISSING_MAX);
}

void missing_suite(void)
{
    CU_pSuite suite = CU_add_suite("missing", NULL, NULL);
    CU_ADD_TEST(suite, a_gap_waits_for_reordering);
    CU_ADD_TEST(suite, is_repeated_by_the_round_trip);
    CU_ADD_TEST(suite, tries_and_age_are_bounded);
    CU_ADD_TEST(suite, the_table_is_bounded_and_keeps_the_newest);
}
