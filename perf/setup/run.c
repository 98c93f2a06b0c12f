// SPDX-License-Identifier: Apache-2.0
#include "figures.h"
#include "handshake.h"
#include "measure.h"

#include <stdio.h>
#include <unistd.h>

static json_t *cost_json(const struct setup_cost *cost)
{
    static struct series sessions, handshakes;
    sessions.count = handshakes.count = 0;
    json_t *rounds = json_array();
    for (unsigned i = 0; i < cost->rounds; i++) {
        series_add(&sessions, cost->session_us[i]);
        series_add(&handshakes, cost->handshake_us[i]);
        json_array_append_new(rounds, json_pack("[f, f]", cost->session_us[i], cost->handshake_us[i]));
    }
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f, s:i, s:i, s:f, s:f, s:f, s:o, s:f, s:f, s:f, s:f}", "handshake",
                     handshake_describe(), "highest_rate", cost->highest_rate, "control_busy", cost->control_busy,
                     "client_busy", cost->client_busy, "rate", cost->rate, "cpu_us_at_half", cost->half_us, "sessions",
                     (int)cost->sessions, "failed", (int)cost->failed, "cpu_us", series_median(&sessions),
                     "handshake_us", series_median(&handshakes), "cpu_ratio", series_ratio(&sessions, &handshakes),
                     "rounds", rounds, "p50_ms", cost->p50_ms, "p90_ms", cost->p90_ms, "p99_ms", cost->p99_ms, "max_ms",
                     cost->max_ms);
}

static double per_session(uint64_t before, uint64_t after, unsigned sessions)
{
    return sessions ? ((double)after - (double)before) / sessions : 0;
}

static json_t *idle_json(const struct setup_idle *idle)
{
    double control = per_session(idle->before.own[0], idle->after.own[0], idle->sessions);
    double dataplane = per_session(idle->before.own[1], idle->after.own[1], idle->sessions);
    double shared = per_session(idle->before.shared, idle->after.shared, idle->sessions);
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:f, s:I, s:I}", "sessions", (int)idle->sessions, "failed",
                     (int)idle->failed, "bytes", control + dataplane + shared, "control_bytes", control,
                     "dataplane_bytes", dataplane, "shared_bytes", shared, "rtp_accepted",
                     (json_int_t)idle->rtp_accepted, "rtp_refused", (json_int_t)idle->rtp_refused);
}

static int measure(const struct setup_plan *plan, json_t *report)
{
    struct setup_cost cost;
    struct setup_idle idle;
    if (plan->idle && setup_idle_measure(plan, &idle))
        return -1;
    if (plan->idle)
        json_object_set_new(report, "idle", idle_json(&idle));
    if (plan->rounds && setup_cost_measure(plan, &cost))
        return -1;
    if (plan->rounds)
        json_object_set_new(report, "cost", cost_json(&cost));
    json_object_set_new(report, "device", json_string(stage_describe()));
    return 0;
}

// In the namespaces.
static _Noreturn void be_measurer(const struct setup_plan *plan, int out)
{
    json_t *report = json_object();
    int error = measure(plan, report);
    FILE *file = fdopen(out, "w");
    if (!file || json_dumpf(report, file, JSON_REAL_PRECISION(8)) || fclose(file))
        error = -1;
    _exit(error ? 1 : 0);
}

json_t *setup_run(const struct setup_plan *plan)
{
    int ends[2];
    if (pipe(ends))
        return NULL;
    int status = stage_namespaces();
    if (status == 0)
        be_measurer(plan, ends[1]);
    close(ends[1]);
    FILE *file = fdopen(ends[0], "r");
    json_t *report = file ? json_loadf(file, 0, NULL) : NULL;
    if (file)
        fclose(file);
    if (status == 1 && report)
        return report;
    json_decref(report);
    return NULL;
}
