// SPDX-License-Identifier: Apache-2.0
// The goals that the SRTP floor and the one-core pipeline judge.
#include "accept.h"
#include "arguments.h"
#include "pipeline.h"
#include "srtp.h"

#include <stdio.h>

enum { SLICES = 120, SLICES_LARGE = 40, LARGE = 10000 };

// below NULL: the ratio to the floor is the value. goal 0: that of the id.
static const struct {
    const char *id, *above, *below;
    double goal;
} lines[] = {
    {"relay_cm_1100", "relay_cm_1100", NULL, 0},
    {"relay_cm_160", "relay_cm_160", NULL, 0},
    {"relay_gcm_1100", "relay_gcm_1100", NULL, 0},
    {"relay_gcm_160", "relay_gcm_160", NULL, 0},
    {"fanout100_cm_1100", "fanout100_cm_1100", NULL, 0},
    {"fanout100_cm_160", "fanout100_cm_160", NULL, 0},
    {"fanout100_gcm_1100", "fanout100_gcm_1100", NULL, 0},
    {"fanout100_gcm_160", "fanout100_gcm_160", NULL, 0},
    {"fanout1000_over_10", "fanout1000_cm_1100", "fanout10_cm_1100", 0},
    {"transports_100k_over_1k", "transports100k_cm_1100", "relay_cm_1100", 0},
    {"transports_100k_over_1k", "transports100k_gcm_1100", "relay_gcm_1100", 0},
    {"transports_100k_over_1k_160", "transports100k_cm_160", "relay_cm_160", 1.5},
    {"transports_100k_over_1k_160", "transports100k_gcm_160", "relay_gcm_160", 1.9},
};

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

static int run_lines(void)
{
    json_t *figures = json_object();
    const unsigned count = sizeof(lines) / sizeof(*lines);
    int error = 0;
    for (unsigned i = 0; i < count && !error; i++) {
        double above, below = 0, ratio, ignored;
        arguments_progress(lines[i].above, i, count);
        error = figure_of(lines[i].above, figures, &above, &ratio);
        if (!error && lines[i].below)
            error = figure_of(lines[i].below, figures, &below, &ignored);
        double value = lines[i].below ? above / below : ratio;
        if (!error && lines[i].goal > 0)
            accept_add_with_goal(lines[i].id, value, lines[i].goal);
        else if (!error)
            accept_add(lines[i].id, value);
    }
    arguments_progress("", 0, 0);
    json_decref(figures);
    return error;
}

int accept_srtp(void)
{
    if (crypto_start())
        return -1;
    accept_add("srtp_1100", srtp_worst_ratio(1100));
    accept_add("srtp_160", srtp_worst_ratio(160));
    return 0;
}

int accept_pipeline(void)
{
    if (pipeline_start())
        return -1;
    int error = run_lines();
    pipeline_stop();
    return error;
}
