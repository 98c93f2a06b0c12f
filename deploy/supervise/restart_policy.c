// SPDX-License-Identifier: Apache-2.0
#include "restart_policy.h"

#include <signal.h>

uint64_t restart_policy_delay(unsigned early_ends)
{
    uint64_t delay = early_ends ? RESTART_FIRST_NS : 0;
    for (unsigned i = 1; i < early_ends && delay < RESTART_MAX_NS; i++)
        delay *= 2;
    return delay < RESTART_MAX_NS ? delay : RESTART_MAX_NS;
}

enum restart_verdict restart_policy_decide(struct restart_policy *policy, const struct process_end *end,
                                           uint64_t *ret_delay)
{
    policy->ever_ready = policy->ever_ready || end->was_ready;
    if (!policy->ever_ready && !end->by_signal && end->code == EXIT_CODE_BAD_CONFIG)
        return RESTART_BAD_CONFIG;
    if (!policy->ever_ready && !end->by_signal && end->code == 1)
        return RESTART_REFUSED;
    bool is_killed = end->by_signal && (end->code == SIGKILL || end->code == 0);
    if (end->was_ready && is_killed && !end->hung) {
        policy->early_ends = 0;
        *ret_delay = end->lived > RESTART_STEADY_NS ? 0 : RESTART_FIRST_NS;
        return RESTART_AFTER_DELAY;
    }
    policy->early_ends = end->lived > RESTART_STEADY_NS ? 0 : policy->early_ends + 1;
    *ret_delay = restart_policy_delay(policy->early_ends);
    return RESTART_AFTER_DELAY;
}
