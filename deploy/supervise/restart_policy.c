// SPDX-License-Identifier: Apache-2.0
#include "restart_policy.h"

static uint64_t delay_after(unsigned early_ends)
{
    uint64_t delay = early_ends ? RESTART_FIRST_NS : 0;
    for (unsigned i = 1; i < early_ends && delay < RESTART_MAX_NS; i++)
        delay *= 2;
    return delay < RESTART_MAX_NS ? delay : RESTART_MAX_NS;
}

enum restart_verdict restart_policy_decide(struct restart_policy *policy, const struct process_end *end,
                                           uint64_t *ret_delay)
{
    bool exited = !end->by_signal;
    if (exited && end->code == EXIT_CODE_BAD_CONFIG)
        return RESTART_BAD_CONFIG;
    policy->ever_ready = policy->ever_ready || end->was_ready;
    policy->refusals = exited && end->code == 1 && !end->was_ready ? policy->refusals + 1 : 0;
    // What never ran here has told its reason; what did run may fail for a passing one (a device that is still held).
    if (policy->refusals >= (policy->ever_ready ? RESTART_REFUSALS_MAX : 1))
        return RESTART_REFUSED;
    policy->early_ends = end->lived > RESTART_STEADY_NS ? 0 : policy->early_ends + 1;
    *ret_delay = delay_after(policy->early_ends);
    return RESTART_AFTER_DELAY;
}
