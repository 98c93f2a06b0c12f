// SPDX-License-Identifier: Apache-2.0
#include "latency_histogram.h"

#include "byte_order.h"

#define SUB_BITS 4

// Of a duration in us: below 16 exact, above four bits of mantissa.
static unsigned bucket_of(uint64_t us)
{
    if (us < 1u << SUB_BITS)
        return (unsigned)us;
    unsigned exponent = 63u - (unsigned)__builtin_clzll(us) - SUB_BITS;
    unsigned bucket = (exponent + 1) << SUB_BITS | (unsigned)(us >> exponent & ((1u << SUB_BITS) - 1));
    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

static double upper_us(unsigned bucket)
{
    if (bucket < 1u << SUB_BITS)
        return bucket + 1;
    unsigned exponent = (bucket >> SUB_BITS) - 1;
    return (double)((uint64_t)((1u << SUB_BITS) + (bucket & ((1u << SUB_BITS) - 1)) + 1) << exponent);
}

void latency_add(struct latency_histogram *histogram, uint64_t ns)
{
    histogram->buckets[bucket_of(ns / 1000)]++;
    histogram->count++;
    if (ns > histogram->max_ns)
        histogram->max_ns = ns;
}

void latency_merge(struct latency_histogram *into, const struct latency_histogram *from)
{
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
    into->count += from->count;
    if (from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
}

double latency_percentile(const struct latency_histogram *histogram, double percent)
{
    uint64_t wanted = (uint64_t)((double)histogram->count * percent / 100), seen = 0;
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen > wanted)
            return upper_us(i) / 1000;
    }
    return ns_to_ms(histogram->max_ns);
}
