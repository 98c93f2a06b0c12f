// SPDX-License-Identifier: Apache-2.0
// naru-peers: the load generator of perf/peers/run.sh, and the forwarder that it measures as the floor.
#include "forwarder.h"
#include "options.h"
#include "pace.h"
#include "window.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOSS_MAX  0.001
#define LATE_MAX  0.03 // of a window: the generator, not the server, was too slow
#define TRIES     2    // a host that takes the CPU away for a moment is no loss of the server's
#define TOLERANCE 1.03
#define GROWTH    1.5
#define NEAR      0.96 // where a further search begins, of what the last one found,
#define STEP      1.08 // and how it grows
#define WARM_RATE 2000.0
#define WARM_S    0.5
#define RUNS_MAX  64

struct run {
    struct window_result best; // the fastest window that passed
    bool limited;              // by the generator
};

static struct load load;

static bool is_late(const struct window_result *result)
{
    return result->late > LATE_MAX * result->seconds;
}

static bool passes(const struct window_result *result)
{
    return result->loss < LOSS_MAX && !is_late(result);
}

// On a terminal one line that overwrites itself.
static void show(const struct options *options, unsigned run, const struct window_result *result)
{
    bool overwrites = isatty(STDERR_FILENO) && !options->verbose;
    if (!overwrites && !options->verbose)
        return;
    fprintf(stderr, "%s%s %s->%s %u B, run %u: %.0f/s in, %.3f %% lost, %.2f us a packet", overwrites ? "\r\033[K" : "",
            options->server->name, options->to.in->name, options->to.out->name, options->payload, run + 1, result->rate,
            100 * result->loss, result->cpu_us);
    if (is_late(result))
        fprintf(stderr, ", the generator was %.0f ms late", 1e3 * result->late);
    if (!overwrites)
        fprintf(stderr, "\n");
}

static int try_rate(const struct options *options, unsigned number, double rate, struct window_result *ret_result)
{
    const struct window_server server = {options->pid, options->cpu};
    for (unsigned i = 0; i < TRIES; i++) {
        int error = window_run(&load, &server, rate, options->seconds, ret_result);
        if (error)
            return error;
        show(options, number, ret_result);
        if (passes(ret_result))
            break;
        error = options->server->renew ? options->server->renew(&load, &options->to) : 0;
        if (error) {
            fprintf(stderr, "naru-peers: %s did not recover: %s\n", options->server->name, strerror(-error));
            return error;
        }
    }
    return 0;
}

static int search(const struct options *options, unsigned number, double guess, struct run *ret_run)
{
    struct rate_search search;
    struct window_result result;
    *ret_run = (struct run){0};
    rate_search_begin(&search, guess, number ? STEP : GROWTH, TOLERANCE, options->most);
    while (!search.done) {
        if (try_rate(options, number, search.rate, &result))
            return -1;
        bool passed = passes(&result);
        if (passed)
            ret_run->best = result;
        else
            ret_run->limited = result.loss < LOSS_MAX;
        rate_search_tell(&search, passed);
    }
    ret_run->limited |= search.passed >= search.most;
    return 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[RUNS_MAX], unsigned count)
{
    qsort(values, count, sizeof(*values), compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static json_t *describe_run(const struct options *options, const struct run *run)
{
    const struct window_result *best = &run->best;
    double out = best->rate * load.copies;
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:f, s:b}", "rate", out, "cpu_us",
                     options->server->polls ? 1e6 / out : best->cpu_us, "loss", best->loss, "softirq_us",
                     best->softirq_us, "steal", best->steal, "packets", (json_int_t)best->received, "checked",
                     (json_int_t)best->checked, "late", best->late, "generator_limited", run->limited);
}

static void report(const struct options *options, const struct run *runs)
{
    double rates[RUNS_MAX], costs[RUNS_MAX];
    json_t *list = json_array();
    bool limited = true;
    for (unsigned i = 0; i < options->runs; i++) {
        json_t *run = describe_run(options, &runs[i]);
        rates[i] = json_real_value(json_object_get(run, "rate"));
        costs[i] = json_real_value(json_object_get(run, "cpu_us"));
        limited &= runs[i].limited;
        json_array_append_new(list, run);
    }
    json_t *object = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:f, s:f, s:b, s:o}", "server", options->server->name,
                               "in", options->to.in->name, "out", options->to.out->name, "payload", options->payload,
                               "flows", options->flows, "copies", options->copies, "rate", median(rates, options->runs),
                               "cpu_us", median(costs, options->runs), "generator_limited", limited, "runs", list);
    json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    printf("\n");
    json_decref(object);
}

static int run_all(const struct options *options)
{
    static struct run runs[RUNS_MAX];
    struct window_result warm;
    const struct window_server server = {options->pid, options->cpu};
    double guess = options->guess;
    // The first packets bind sources, fill caches, and are compared: whatever is wrong is seen before the search.
    if (window_run(&load, &server, WARM_RATE / options->copies, WARM_S, &warm))
        return 1;
    if (warm.received == 0) {
        fprintf(stderr, "naru-peers: %s forwards nothing\n", options->server->name);
        return 1;
    }
    for (unsigned i = 0; i < options->runs; i++) {
        int error = options->rate > 0 ? try_rate(options, i, options->rate, &runs[i].best)
                                      : search(options, i, guess, &runs[i]);
        if (error)
            return 1;
        if (runs[i].best.rate <= 0) {
            fprintf(stderr, "naru-peers: %s passed at no rate\n", options->server->name);
            return 1;
        }
        guess = NEAR * runs[i].best.rate;
    }
    if (isatty(STDERR_FILENO) && !options->verbose)
        fprintf(stderr, "\r\033[K");
    report(options, runs);
    return 0;
}

static int measure(int argc, char **argv)
{
    struct options options;
    int done = options_read(argc, argv, &options);
    if (done)
        return done < 0 ? 2 : 0;
    options.runs = options.runs < RUNS_MAX ? options.runs : RUNS_MAX;
    double fastest = options.rate > options.most ? options.rate : options.most;
    size_t capacity = (size_t)(fastest * options.seconds) + 1;
    if (srtp_init() != srtp_err_status_ok ||
        load_open(&load, options.flows, options.copies, options.payload, capacity, options.interface) ||
        options.server->open(&load, &options.to))
        return 1;
    int status = run_all(&options);
    load_close(&load);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "forwarder") == 0)
        return forwarder_run(argv[2], (uint16_t)atoi(argv[3]));
    if (argc > 1 && strcmp(argv[1], "measure") == 0)
        return measure(argc - 1, argv + 1);
    fprintf(stderr, "usage: naru-peers measure --help | forwarder ADDRESS PORT\n");
    return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
}
