// SPDX-License-Identifier: Apache-2.0
// How much a sender without transport-wide feedback is told to send: a measured estimate from the rate that arrives and
// the loss it suffers (additive up, multiplicative down).
#pragma once

#include <stdint.h>

struct bandwidth_bounds {
    uint32_t min_kbps, start_kbps, max_kbps;
};

// previous_kbps: 0 at first. received_kbps, fraction_lost (of 256): over the last second.
uint32_t bandwidth_estimate(uint32_t previous_kbps, uint32_t received_kbps, uint8_t fraction_lost,
                            const struct bandwidth_bounds *bounds);
