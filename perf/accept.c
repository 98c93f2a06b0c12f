// SPDX-License-Identifier: Apache-2.0
// naru-perf accept: every goal that a machine without a network card can judge, as ratios of one run. A goal that is
// not measured is not met.
#include "arguments.h"
#include "commands.h"
#include "machine.h"
#include "pipeline.h"
#include "srtp.h"

#include <math.h>
#include <stdio.h>

enum { SLICES = 120, SLICES_LARGE = 40, LARGE = 10000 };

// Above the product of below and goal a line is missed. below NULL: the ratio to the floor is the value.
static const struct {
    const char *id, *above, *below;
    double goal;
} lines[] = {
    {"relay_cm_1100", "relay_cm_1100", NULL, 1.15},
    {"relay_cm_160", "relay_cm_160", NULL, 1.35},
    {"relay_gcm_1100", "relay_gcm_1100", NULL, 1.22},
    {"relay_gcm_160", "relay_gcm_160", NULL, 1.65},
    {"fanout100_cm_1100", "fanout100_cm_1100", NULL, 1.16},
    {"fanout100_cm_160", "fanout100_cm_160", NULL, 1.27},
    {"fanout100_gcm_1100", "fanout100_gcm_1100", NULL, 1.25},
    {"fanout100_gcm_160", "fanout100_gcm_160", NULL, 1.58},
    {"fanout1000_over_10", "fanout1000_cm_1100", "fanout10_cm_1100", 1.15},
    {"transports_100k_over_1k", "transports100k_cm_1100", "relay_cm_1100", 1.3},
    {"transports_100k_over_1k", "transports100k_gcm_1100", "relay_gcm_1100", 1.3},
    {"transports_100k_over_1k_160", "transports100k_cm_160", "relay_cm_160", 1.5},
    {"transports_100k_over_1k_160", "transports100k_gcm_160", "relay_gcm_160", 1.9},
};

// What no command measures yet.
static const char *const unmeasured[] = {
    "flood_loss",      "setup_cpu_ratio", "setup_p99_ms",  "idle_bytes_per_session",
    "restart_100k_ms", "latency_p50_us",  "latency_p99_us"};

// Of several lines with one id the one nearest to its goal, or farthest beyond, stands.
static void add_line(json_t *report, const char *id, double value, double goal)
{
    json_t *known = json_object_get(report, id);
    if (known && json_real_value(json_object_get(known, "value")) / json_real_value(json_object_get(known, "goal")) >
                     value / goal)
        return;
    json_object_set_new(report, id, json_pack("{s:f, s:f, s:b}", "value", value, "goal", goal, "ok", value <= goal));
}

// Cycles per packet sent, and the ratio to the floor, of a scenario that may have run already.
static int figure_of(const char *name, json_t *figures, double *ret_cycles, double *ret_ratio)
{
    static struct scenario_result result;
    json_t *known = json_object_get(figures, name);
    if (!known) {
        const struct scenario *scenario = pipeline_find(name);
        if (scenario_run(scenario, scenario->rooms.transports > LARGE ? SLICES_LARGE : SLICES, &result))
            return -1;
        json_object_set_new(figures, name, json_pack("[f, f]", series_median(&result.whole), result.ratio));
        known = json_object_get(figures, name);
    }
    *ret_cycles = json_real_value(json_array_get(known, 0));
    *ret_ratio = json_real_value(json_array_get(known, 1));
    return 0;
}

static int run_lines(json_t *report)
{
    json_t *figures = json_object();
    const unsigned count = sizeof(lines) / sizeof(*lines);
    for (unsigned i = 0; i < count; i++) {
        double above, below, ratio, ignored;
        arguments_progress(lines[i].above, i, count);
        if (figure_of(lines[i].above, figures, &above, &ratio) ||
            (lines[i].below && figure_of(lines[i].below, figures, &below, &ignored)))
            return -1;
        add_line(report, lines[i].id, lines[i].below ? above / below : ratio, lines[i].goal);
    }
    arguments_progress("", 0, 0);
    json_decref(figures);
    for (unsigned i = 0; i < sizeof(unmeasured) / sizeof(*unmeasured); i++)
        json_object_set_new(report, unmeasured[i], json_pack("{s:n, s:n, s:b}", "value", "goal", "ok", 0));
    return 0;
}

static bool all_are_ok(const json_t *report)
{
    const char *id;
    json_t *line;
    bool ok = true;
    json_object_foreach((json_t *)(uintptr_t)report, id, line) ok &= json_is_true(json_object_get(line, "ok"));
    return ok;
}

static void print_lines(json_t *report)
{
    const char *id;
    json_t *line;
    json_object_foreach(report, id, line)
    {
        if (json_is_real(json_object_get(line, "value")))
            printf("%-28s %8.3f  goal %5.2f  %s\n", id, json_real_value(json_object_get(line, "value")),
                   json_real_value(json_object_get(line, "goal")),
                   json_is_true(json_object_get(line, "ok")) ? "met" : "missed");
        else
            printf("%-28s not measured\n", id);
    }
}

static const struct perf_help help = {
    .usage = "usage: naru-perf accept [options]",
    .text = "Judges every goal: {\"id\": {\"value\": x, \"goal\": y, \"ok\": true}}. Exits 0 only if all are met; a "
            "goal that no\n"
            "command measures yet has no value and is not met. Needs root, and takes about 4 minutes.\n\n"
            "  naru-perf accept\n"
            "  naru-perf accept --json > accept.json"};

int accept_command(int argc, char **argv)
{
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    json_t *report = json_object();
    if (pipeline_start())
        return 1;
    add_line(report, "srtp_1100", srtp_worst_ratio(1100), 1.10);
    add_line(report, "srtp_160", srtp_worst_ratio(160), 1.25);
    int error = run_lines(report);
    pipeline_stop();
    if (error)
        return 1;
    if (options.json)
        json_dumpf(report, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
    else
        print_lines(report);
    bool ok = all_are_ok(report);
    json_decref(report);
    return ok ? 0 : 1;
}
