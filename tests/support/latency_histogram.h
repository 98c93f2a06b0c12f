// SPDX-License-Identifier: Apache-2.0
// A histogram of durations with about 6 % resolution from 1 us to hours, which can be added up.
#pragma once
#include <stdint.h>

#define LATENCY_BUCKETS 512

struct latency_histogram {
    uint32_t buckets[LATENCY_BUCKETS];
    uint64_t count, max_ns;
};

void latency_add(struct latency_histogram *histogram, uint64_t ns);
void latency_merge(struct latency_histogram *into, const struct latency_histogram *from);
// In ms; 0 without samples.
double latency_percentile(const struct latency_histogram *histogram, double percent);
