// SPDX-License-Identifier: Apache-2.0
// The loads that naru-perf memif knows, for those who ask for one figure.
#pragma once

#include "losses.h"
#include "session.h"

struct memif_scenario {
    const char *name;
    struct session session;
};

struct memif_result {
    int verified; // by libsrtp2
    double rate;  // packets a second toward the gateway without loss; the copies are more
    unsigned repeated;
    struct load_result at_highest, at_half;
    uint64_t lost, resent; // by viewers that ask; both loads
    int resent_verified;
    struct losses_counts losses; // of publishers; both loads
};

// 0, else -1 after a line on stderr. quick: short trials.
int memif_run(const struct memif_scenario *scenario, bool quick, struct memif_result *ret_result);

const struct memif_scenario *memif_find(const char *name);
