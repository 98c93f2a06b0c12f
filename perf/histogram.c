// SPDX-License-Identifier: Apache-2.0
#include "histogram.h"

#include <math.h>

#define STEP_BITS 6

// Below HISTOGRAM_STEPS each value has its own bucket; above, the first bits behind the leading one choose.
static unsigned bucket_of(uint64_t cycles)
{
    if (cycles < HISTOGRAM_STEPS)
        return (unsigned)cycles;
    unsigned shift = 63 - (unsigned)__builtin_clzll(cycles) - STEP_BITS;
    unsigned bucket = (shift + 1) * HISTOGRAM_STEPS + ((unsigned)(cycles >> shift) & (HISTOGRAM_STEPS - 1));
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static double end_of(unsigned bucket)
{
    if (bucket < HISTOGRAM_STEPS)
        return bucket;
    unsigned shift = bucket / HISTOGRAM_STEPS - 1;
    return ldexp(HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS + 1, (int)shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t cycles)
{
    histogram->buckets[bucket_of(cycles)]++;
    histogram->count++;
    if (cycles > histogram->largest)
        histogram->largest = cycles;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (unsigned i = 0; from->count && i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
    into->count += from->count;
    if (from->largest > into->largest)
        into->largest = from->largest;
}

double histogram_quantile(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)ceil(share * (double)histogram->count), seen = 0;
    if (histogram->count == 0)
        return NAN;
    unsigned bucket = 0;
    while (bucket < HISTOGRAM_BUCKETS - 1) { // the last holds everything beyond, too
        seen += histogram->buckets[bucket];
        if (seen >= wanted && seen)
            return fmin(end_of(bucket), (double)histogram->largest);
        bucket++;
    }
    return (double)histogram->largest;
}
