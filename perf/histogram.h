// SPDX-License-Identifier: Apache-2.0
// Durations in cycles, counted in buckets 1.6 % wide: percentiles of any number of packets, and histograms add up.
#pragma once

#include <stdint.h>

#define HISTOGRAM_STEPS   64 // buckets per power of two
#define HISTOGRAM_BUCKETS (HISTOGRAM_STEPS * 36)

struct histogram {
    uint64_t count, largest;
    uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t cycles);
void histogram_merge(struct histogram *into, const struct histogram *from);

// The value that a share (0 to 1) of all does not exceed, to the end of its bucket; NAN when nothing was counted.
double histogram_quantile(const struct histogram *histogram, double share);
