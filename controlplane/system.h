// SPDX-License-Identifier: Apache-2.0
// What naru-control asks the machine for. It is passed to whoever needs it: tests and the simulator have clocks and
// randomness of their own. Protocol code gets `now` with each call and asks no clock itself.
#pragma once

#include "random.h"

#include <stdint.h>

struct system {
    uint64_t (*monotonic)(void); // ns: all timers, heartbeats and times in shared memory
    int64_t (*wall)(void);       // seconds since 1970: certificates, nothing else
    random_fn random;
};

// The kernel's.
extern const struct system system_kernel;
