// SPDX-License-Identifier: Apache-2.0
// The highest rate that is kept up, the CPU of a session at it, and its time at half of it.
#include "arguments.h"
#include "figures.h"
#include "handshake.h"

#include <stdio.h>

#define WARM_UP_SESSIONS 300
#define WARM_UP_RATE     150
#define STEP             1.25 // of the search
#define BACKLOG_SECONDS  0.25 // after the last one was due
#define LATE_MS          200  // the client's own fault
#define P99_MS           500
#define HANDSHAKES       300 // before and behind each round

static double busy(uint64_t before, uint64_t after, double seconds)
{
    return (double)(after - before) / 1e9 / seconds;
}

static int try_rate(const struct setup_plan *plan, const struct stage *stage, struct publishers *load, double rate,
                    struct setup_cost *cost, bool *ret_kept)
{
    struct publishers_result result;
    uint64_t before = usage_cpu_ns(stage->control);
    if (publishers_open(load, (unsigned)(rate * plan->seconds), rate, &result))
        return -1;
    uint64_t after = usage_cpu_ns(stage->control);
    *ret_kept = !result.failed && result.seconds < plan->seconds + BACKLOG_SECONDS && result.p99_ms < P99_MS &&
                result.late_ms < LATE_MS;
    if (*ret_kept) {
        cost->highest_rate = rate;
        cost->control_busy = busy(before, after, result.seconds);
        cost->client_busy = result.client_cpu / result.seconds;
    }
    return publishers_close(load);
}

// Upwards until it is not kept up twice in a row.
static int search(const struct setup_plan *plan, const struct stage *stage, struct publishers *load,
                  struct setup_cost *cost)
{
    unsigned missed = 0;
    for (double rate = plan->first_rate; missed < 2 && rate * plan->seconds < plan->tables;) {
        bool kept;
        char text[64];
        snprintf(text, sizeof(text), "%.0f sessions/s", rate);
        arguments_progress(text, 1, 3);
        if (try_rate(plan, stage, load, rate, cost, &kept))
            return -1;
        missed = kept ? 0 : missed + 1;
        if (kept)
            rate *= STEP;
    }
    if (cost->highest_rate > 0)
        return 0;
    fprintf(stderr, "naru-perf: not even %.0f sessions/s are kept up\n", plan->first_rate);
    return -1;
}

static int run_round(const struct setup_plan *plan, const struct stage *stage, struct publishers *load,
                     struct setup_cost *cost)
{
    struct publishers_result result;
    double bare = handshake_server_us(HANDSHAKES);
    uint64_t before = usage_cpu_ns(stage->control);
    if (publishers_open(load, (unsigned)(cost->highest_rate * plan->seconds), cost->highest_rate, &result) ||
        !result.connected)
        return -1;
    uint64_t after = usage_cpu_ns(stage->control);
    bare = (bare + handshake_server_us(HANDSHAKES)) / 2;
    cost->handshake_us[cost->rounds] = bare;
    cost->session_us[cost->rounds++] = (double)(after - before) / 1e3 / result.connected;
    cost->sessions += result.connected;
    cost->failed += result.failed;
    return publishers_close(load);
}

// Half of the highest rate: nothing piles up there, or the rate was not kept up.
static int time_round(const struct setup_plan *plan, const struct stage *stage, struct publishers *load,
                      struct setup_cost *cost)
{
    struct publishers_result result;
    uint64_t before = usage_cpu_ns(stage->control);
    if (publishers_open(load, (unsigned)(cost->rate * plan->seconds), cost->rate, &result) || !result.connected)
        return -1;
    uint64_t after = usage_cpu_ns(stage->control);
    cost->sessions += result.connected;
    cost->failed += result.failed;
    cost->half_us = (double)(after - before) / 1e3 / result.connected;
    if (result.p99_ms > cost->p99_ms) {
        cost->p50_ms = result.p50_ms;
        cost->p90_ms = result.p90_ms;
        cost->p99_ms = result.p99_ms;
        cost->max_ms = result.max_ms;
    }
    return publishers_close(load);
}

static int measure(const struct setup_plan *plan, const struct stage *stage, struct publishers *load,
                   struct setup_cost *cost)
{
    struct publishers_result ignored;
    stage_pin(stage->cpu_of_control); // the bare handshakes, between the rounds
    if (publishers_open(load, WARM_UP_SESSIONS, WARM_UP_RATE, &ignored) || publishers_close(load) ||
        search(plan, stage, load, cost))
        return -1;
    cost->rate = cost->highest_rate / 2;
    for (unsigned i = 0; i < plan->rounds && i < SETUP_ROUNDS_MAX; i++) {
        arguments_progress("rounds", i, plan->rounds);
        if (run_round(plan, stage, load, cost) || time_round(plan, stage, load, cost))
            return -1;
    }
    arguments_progress("", 0, 0);
    return 0;
}

int setup_cost_measure(const struct setup_plan *plan, struct setup_cost *ret_cost)
{
    struct stage stage;
    struct publishers load;
    *ret_cost = (struct setup_cost){.highest_rate = 0};
    if (handshake_start() || stage_start(plan->tables, &stage))
        return -1;
    int error = publishers_start(&stage, 0, &load);
    if (!error)
        error = measure(plan, &stage, &load, ret_cost);
    publishers_stop(&load);
    stage_stop(&stage);
    handshake_stop();
    return error;
}
