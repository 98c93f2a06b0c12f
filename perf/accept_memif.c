// SPDX-License-Identifier: Apache-2.0
// The goals that naru-dataplane over memif judges: latency, floods beside media, restart.
#include "accept.h"
#include "flood.h"
#include "measure.h"
#include "memif.h"
#include "restart.h"

#include <stdio.h>

#define LATENCY_SCENARIO   "relay_cm_1100"
#define RESTART_TRANSPORTS 100000
#define RESTART_LIVE       1000

static double us(const struct histogram *histogram, double share)
{
    return histogram_quantile(histogram, share) * 1e6 / measure_cycles_per_second();
}

// The slices without a gap judge; all of them stand beside it in the progress.
static int add_latency(void)
{
    static struct memif_result result;
    if (memif_run(memif_find(LATENCY_SCENARIO), false, &result))
        return -1;
    const struct load_result *half = &result.at_half;
    fprintf(stderr,
            "naru-perf: latency at %.2f Mpps: p50 %.1f us, p99 %.1f us over %u of %u slices without a gap; over all "
            "p50 %.1f us, p99 %.1f us\n",
            half->rate / 1e6, us(&half->gated, 0.5), us(&half->gated, 0.99), half->clean, half->slices,
            us(&half->all, 0.5), us(&half->all, 0.99));
    accept_add("latency_p50_us", us(&half->gated, 0.5));
    accept_add("latency_p99_us", us(&half->gated, 0.99));
    return 0;
}

static int add_floods(void)
{
    static struct flood_result result;
    double lost = 0;
    for (enum flood_kind kind = 0; kind < FLOOD_KINDS; kind++) {
        if (flood_run(kind, false, &result))
            return -1;
        fprintf(stderr, "naru-perf: flood of %s: %lu media packets lost up to %.1f Mpps\n", flood_names[kind],
                (unsigned long)flood_lost(&result), result.bare_rate / 1e6);
        lost += (double)flood_lost(&result);
    }
    accept_add("flood_loss", lost);
    return 0;
}

static int add_restart(void)
{
    struct restart_result result;
    if (restart_run(RESTART_TRANSPORTS, RESTART_LIVE, &result))
        return -1;
    accept_add("restart_100k_ms", result.all_ms);
    return 0;
}

int accept_memif(void)
{
    if (session_start_all())
        return -1;
    int error = add_latency();
    error |= add_floods();
    error |= add_restart();
    session_stop_all();
    return error ? -1 : 0;
}
