// SPDX-License-Identifier: Apache-2.0
// The highest rate without loss, found as RFC 2544 26.1 does it: trials at rates that halve what is still unknown.
#pragma once

#include <stdbool.h>

struct search {
    double low, high;  // low is taken as held without a trial
    double resolution; // ends when the rest is less than this share of high
    bool (*holds)(void *context, double rate);
    void *context;
};

// The highest rate that held; low when none did.
double search_highest(const struct search *search);
