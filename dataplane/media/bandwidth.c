// SPDX-License-Identifier: Apache-2.0
#include "bandwidth.h"

#define LOSS_HIGH 26 // 10 % of 256: below the rate that got through
#define LOSS_LOW  5  // 2 %: room for more

static uint32_t clamp(uint64_t kbps, const struct bandwidth_bounds *bounds)
{
    if (kbps < bounds->min_kbps)
        return bounds->min_kbps;
    return kbps > bounds->max_kbps ? bounds->max_kbps : (uint32_t)kbps;
}

uint32_t bandwidth_estimate(uint32_t previous_kbps, uint32_t received_kbps, uint8_t fraction_lost,
                            const struct bandwidth_bounds *bounds)
{
    uint64_t estimate = previous_kbps ? previous_kbps : bounds->start_kbps;
    if (fraction_lost > LOSS_HIGH)
        estimate = (uint64_t)received_kbps * 85 / 100;
    else if (fraction_lost < LOSS_LOW)
        estimate = estimate * 108 / 100 + 1;
    // A sender that uses little has shown nothing about what the path can carry.
    uint64_t shown = (uint64_t)received_kbps * 2 + bounds->start_kbps;
    return clamp(estimate > shown ? shown : estimate, bounds);
}
