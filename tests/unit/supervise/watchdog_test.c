// SPDX-License-Identifier: Apache-2.0
// Proves: a ready process must beat within 0.8 s, a starting one be ready within 10 s, and a late watchdog blames
// nobody.
#include "suites.h"
#include "watchdog.h"

#include <CUnit/CUnit.h>

#define MS 1000000ULL

struct row {
    uint64_t at_ms, heartbeat;
    bool ready, hangs;
};

static void run(const struct row *rows, size_t count)
{
    struct watchdog watchdog;
    watchdog_begin(&watchdog, 0);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(watchdog_look(&watchdog, rows[i].at_ms * MS, rows[i].heartbeat, rows[i].ready), rows[i].hangs);
}

#define RUN(rows) run(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_silence(void)
{
    static const struct row rows[] = {
        {400, 5, true, false},  {800, 6, true, false},  {1200, 6, true, false},
        {1500, 6, true, false}, {1600, 6, true, false}, {1601, 6, true, true},
    };
    RUN(rows);
}

static void test_start(void)
{
    struct watchdog watchdog;
    watchdog_begin(&watchdog, 0);
    for (uint64_t at = 100; at <= 10000; at += 100)
        CU_ASSERT_FALSE(watchdog_look(&watchdog, at * MS, at, false)); // beats, but is never ready
    CU_ASSERT_TRUE(watchdog_look(&watchdog, 10100 * MS, 1, false));
}

static void test_ready_stays(void)
{
    static const struct row rows[] = {
        {400, 5, true, false}, {800, 5, false, false}, {1200, 5, false, false}, {1201, 5, false, true}};
    RUN(rows);
}

static void test_late_watchdog(void)
{
    static const struct row rows[] = {
        {400, 5, true, false},   {20400, 5, true, false}, // the machine stood still for 20 s
        {20900, 5, true, false}, {21199, 5, true, false}, {21201, 5, true, true},
    };
    RUN(rows);
}

void watchdog_suite(void)
{
    CU_pSuite suite = CU_add_suite("watchdog", NULL, NULL);
    CU_add_test(suite, "silence of more than 0.8 s is a hang", test_silence);
    CU_add_test(suite, "no readiness within 10 s is a hang", test_start);
    CU_add_test(suite, "who takes its readiness back is judged as ready", test_ready_stays);
    CU_add_test(suite, "a watchdog that was late itself gives time", test_late_watchdog);
}
