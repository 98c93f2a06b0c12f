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
    uint64_t waited_ms; // for a CPU, since it began; 0: not known
};

static void run(const struct row *rows, size_t count)
{
    struct watchdog watchdog;
    watchdog_begin(&watchdog, 0);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(
            watchdog_look(&watchdog, rows[i].at_ms * MS, rows[i].heartbeat, rows[i].ready, rows[i].waited_ms * MS),
            rows[i].hangs);
}

#define RUN(rows) run(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_silence(void)
{
    static const struct row rows[] = {
        {400, 5, true, false, 0},  {800, 6, true, false, 0},  {1200, 6, true, false, 0},
        {1500, 6, true, false, 0}, {1600, 6, true, false, 0}, {1601, 6, true, true, 0},
    };
    RUN(rows);
}

static void test_start(void)
{
    struct watchdog watchdog;
    watchdog_begin(&watchdog, 0);
    for (uint64_t at = 100; at <= 10000; at += 100)
        CU_ASSERT_FALSE(watchdog_look(&watchdog, at * MS, at, false, 0)); // beats, but is never ready
    CU_ASSERT_TRUE(watchdog_look(&watchdog, 10100 * MS, 1, false, 0));
}

static void test_ready_stays(void)
{
    static const struct row rows[] = {
        {400, 5, true, false, 0}, {800, 5, false, false, 0}, {1200, 5, false, false, 0}, {1201, 5, false, true, 0}};
    RUN(rows);
}

static void test_late_watchdog(void)
{
    static const struct row rows[] = {
        {400, 5, true, false, 0},   {20400, 5, true, false, 0}, // the machine stood still for 20 s
        {20900, 5, true, false, 0}, {21199, 5, true, false, 0}, {21201, 5, true, true, 0},
    };
    RUN(rows);
}

static void test_starved(void)
{
    static const struct row rows[] = {
        {400, 5, true, false, 0},    {500, 5, true, false, 70},   {600, 5, true, false, 170}, // 100 of 100 ms
        {1000, 5, true, false, 600}, // more than the time that passed: several threads wait
        {1200, 5, true, false, 800}, {1600, 5, true, false, 800}, {1900, 5, true, false, 800},
        {1901, 5, true, true, 800},
    };
    static const struct row for_ever[] = {
        {400, 5, true, false, 0},     {500, 5, true, false, 1},     {900, 5, true, false, 401},
        {1300, 5, true, false, 801},  {1700, 5, true, false, 1201}, {2100, 5, true, false, 1601},
        {2500, 5, true, false, 2001}, {2900, 5, true, false, 2401}, {3300, 5, true, false, 2801},
        {3700, 5, true, false, 3201}, {4100, 5, true, false, 3601}, {4200, 5, true, false, 3701},
        {4201, 5, true, true, 3702},
    };
    RUN(rows);
    RUN(for_ever);
}

void watchdog_suite(void)
{
    CU_pSuite suite = CU_add_suite("watchdog", NULL, NULL);
    CU_add_test(suite, "silence of more than 0.8 s is a hang", test_silence);
    CU_add_test(suite, "no readiness within 10 s is a hang", test_start);
    CU_add_test(suite, "who takes its readiness back is judged as ready", test_ready_stays);
    CU_add_test(suite, "a watchdog that was late itself gives time", test_late_watchdog);
    CU_add_test(suite, "waiting for a CPU is no silence, for 3 s at most", test_starved);
}
