// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void series_add(struct series *series, double value)
{
    if (series->count < SERIES_MAX)
        series->values[series->count++] = value;
}

double series_quantile(const struct series *series, double quantile)
{
    double sorted[SERIES_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < series->count; i++)
        if (!isnan(series->values[i]))
            sorted[count++] = series->values[i];
    if (count == 0)
        return NAN;
    qsort(sorted, count, sizeof(*sorted), compare);
    return sorted[(unsigned)(quantile * (count - 1) + 0.5)];
}

double series_median(const struct series *series)
{
    return series_quantile(series, 0.5);
}

double series_ratio(const struct series *above, const struct series *below)
{
    struct series ratios = {0};
    unsigned count = above->count < below->count ? above->count : below->count;
    for (unsigned i = 0; i < count; i++)
        series_add(&ratios, above->values[i] / below->values[i]);
    return series_median(&ratios);
}

void series_sum(const struct series *a, const struct series *b, struct series *ret_sum)
{
    ret_sum->count = a->count < b->count ? a->count : b->count;
    for (unsigned i = 0; i < ret_sum->count; i++)
        ret_sum->values[i] = a->values[i] + b->values[i];
}

static uint64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

double measure_cycles_per_second(void)
{
    static double known;
    if (known > 0)
        return known;
    uint64_t ns = monotonic_ns(), cycles = __rdtsc();
    const struct timespec wait = {.tv_nsec = 50000000};
    nanosleep(&wait, NULL);
    cycles = __rdtsc() - cycles;
    known = (double)cycles * 1e9 / (double)(monotonic_ns() - ns);
    return known;
}

static long preempted;

static long count_preemptions(void)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

static void set_policy(int policy, int priority)
{
    const struct sched_param parameter = {.sched_priority = priority};
    (void)sched_setscheduler(0, policy, &parameter); // refused: more slices are thrown away
}

void measure_begin(void)
{
    set_policy(SCHED_FIFO, 1);
    preempted = count_preemptions();
}

bool measure_end(void)
{
    bool whole = count_preemptions() == preempted;
    set_policy(SCHED_OTHER, 0);
    return whole;
}
