// SPDX-License-Identifier: Apache-2.0
// Proves: who lived long starts again at once; who dies early waits, doubling up to 5 s; who is killed from outside
// does not; who refuses at first is given up.
#include "restart_policy.h"
#include "suites.h"

#include <CUnit/CUnit.h>

#define SECOND  1000000000ULL
#define EARLY   (1 * SECOND)
#define LATE    (11 * SECOND)
#define KILLED  true, 9
#define CRASHED true, 11
#define UNSEEN  true, 0
#define EXIT(x) false, x

struct row {
    struct process_end end;
    enum restart_verdict verdict;
    uint64_t delay_ms;
};

static void run(const struct row *rows, size_t count)
{
    struct restart_policy policy = {0};
    for (size_t i = 0; i < count; i++) {
        uint64_t delay = 0;
        enum restart_verdict verdict = restart_policy_decide(&policy, &rows[i].end, &delay);
        CU_ASSERT_EQUAL(verdict, rows[i].verdict);
        CU_ASSERT_EQUAL(delay, rows[i].delay_ms * 1000000);
    }
}

#define RUN(rows) run(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_back_off(void)
{
    static const struct row rows[] = {
        {{CRASHED, LATE, true, false}, RESTART_AFTER_DELAY, 0},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 200},
        {{KILLED, EARLY, false, false}, RESTART_AFTER_DELAY, 400},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 800},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 1600},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 3200},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 5000},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 5000},
        {{CRASHED, LATE, true, false}, RESTART_AFTER_DELAY, 0},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
    };
    RUN(rows);
}

static void test_killed(void)
{
    static const struct row rows[] = {
        {{KILLED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{UNSEEN, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{KILLED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{KILLED, LATE, true, false}, RESTART_AFTER_DELAY, 0},
        {{KILLED, EARLY, true, true}, RESTART_AFTER_DELAY, 100},
        {{KILLED, EARLY, true, true}, RESTART_AFTER_DELAY, 200},
        {{KILLED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{KILLED, EARLY, false, false}, RESTART_AFTER_DELAY, 100},
        {{KILLED, EARLY, false, false}, RESTART_AFTER_DELAY, 200},
        {{KILLED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
        {{CRASHED, EARLY, true, false}, RESTART_AFTER_DELAY, 100},
    };
    RUN(rows);
}

static void test_never_ran(void)
{
    static const struct row bad_config[] = {{{EXIT(2), EARLY, false, false}, RESTART_BAD_CONFIG, 0}};
    static const struct row refused[] = {{{EXIT(1), EARLY, false, false}, RESTART_REFUSED, 0}};
    static const struct row refused_again[] = {
        {{KILLED, EARLY, false, false}, RESTART_AFTER_DELAY, 100},
        {{EXIT(1), EARLY, false, false}, RESTART_REFUSED, 0},
    };
    RUN(bad_config);
    RUN(refused);
    RUN(refused_again);
}

static void test_did_run(void)
{
    static const struct row rows[] = {
        {{KILLED, LATE, true, false}, RESTART_AFTER_DELAY, 0},
        {{EXIT(1), EARLY, false, false}, RESTART_AFTER_DELAY, 100},
        {{EXIT(2), EARLY, false, false}, RESTART_AFTER_DELAY, 200},
        {{EXIT(1), EARLY, false, false}, RESTART_AFTER_DELAY, 400},
        {{EXIT(1), EARLY, false, false}, RESTART_AFTER_DELAY, 800},
        {{EXIT(2), EARLY, false, false}, RESTART_AFTER_DELAY, 1600},
        {{EXIT(0), EARLY, true, false}, RESTART_AFTER_DELAY, 3200},
        {{EXIT(127), EARLY, false, false}, RESTART_AFTER_DELAY, 5000},
        {{EXIT(1), EARLY, false, false}, RESTART_AFTER_DELAY, 5000},
    };
    RUN(rows);
}

void restart_policy_suite(void)
{
    CU_pSuite suite = CU_add_suite("restart policy", NULL, NULL);
    CU_add_test(suite, "back-off doubles from 0.1 s to 5 s, and a long life ends it", test_back_off);
    CU_add_test(suite, "what is killed from outside is back soon, what hangs is not", test_killed);
    CU_add_test(suite, "what never ran and says why is given up", test_never_ran);
    CU_add_test(suite, "what did run is tried for ever", test_did_run);
}
