// SPDX-License-Identifier: Apache-2.0
// Figures from many short slices: quantiles, and ratios of slices that ran beside each other. On a shared machine only
// those ratios say anything.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <x86intrin.h>

#define SERIES_MAX 4096

struct series {
    unsigned count;
    double values[SERIES_MAX]; // cycles per packet, in the order in which they were measured; NAN: not in this slice
};

// Ordered on both sides: what stands before has happened, what stands behind has not begun.
static inline uint64_t measure_cycles(void)
{
    _mm_lfence();
    uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
}

double measure_cycles_per_second(void);

// Around a slice of a few milliseconds: the CPU is this thread's alone (SCHED_FIFO, where that is allowed), and given
// back at the end. False from measure_end: it was taken away all the same; such a slice is thrown away.
void measure_begin(void);
bool measure_end(void);

void series_add(struct series *series, double value);

// Between the smallest (0) and the largest (1); NAN when nothing was measured.
double series_quantile(const struct series *series, double quantile);
double series_median(const struct series *series);

// The median over all slices i of above[i] / below[i]. A value may be NAN: that slice does not count.
double series_ratio(const struct series *above, const struct series *below);

// Slice by slice, a[i] + b[i].
void series_sum(const struct series *a, const struct series *b, struct series *ret_sum);
