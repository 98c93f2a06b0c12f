// SPDX-License-Identifier: Apache-2.0
// Whether and when a program that ended is started again. No clock of its own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESTART_STEADY_NS    10000000000ULL // who lived longer starts afresh, at once
#define RESTART_FIRST_NS     100000000ULL
#define RESTART_MAX_NS       5000000000ULL
#define EXIT_CODE_BAD_CONFIG 2
// Of a supervisor that is kept (sysexits.h). The first two it alone says, and only once it has given back everything:
// then they are final. Any other code may be that of a file which is no supervisor, and ends nothing.
#define EXIT_CODE_KEPT_REFUSED    69 // EX_UNAVAILABLE: the gateway cannot run
#define EXIT_CODE_KEPT_BAD_CONFIG 78 // EX_CONFIG
#define EXIT_CODE_TRY_AGAIN       75 // EX_TEMPFAIL: what runs cannot be taken over now, and goes on

// How a program ended.
struct process_end {
    bool by_signal;
    int code;       // signal number, 0: nobody saw it; or exit code
    uint64_t lived; // ns
    bool was_ready;
    bool hung; // the supervisor killed it
};

struct restart_policy {
    unsigned early_ends; // in a row
    bool ever_ready;
};

enum restart_verdict {
    RESTART_AFTER_DELAY,
    RESTART_BAD_CONFIG, // give up: it will not get better by trying
    RESTART_REFUSED,    // give up: it says itself that it cannot start
};

// What was ready and is killed from outside is no program that fails: it is started again soon, however often, for
// calls wait, and what it failed before is forgotten. Only what never ran is given up: what did run has a partner that
// still works, and fails for a reason that may pass (a device that is held, a line in the configuration). ret_delay in
// ns, set with RESTART_AFTER_DELAY.
enum restart_verdict restart_policy_decide(struct restart_policy *policy, const struct process_end *end,
                                           uint64_t *ret_delay);

// Before the next start, after so many early ends in a row.
uint64_t restart_policy_delay(unsigned early_ends);
