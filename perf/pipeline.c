// SPDX-License-Identifier: Apache-2.0
// naru-perf pipeline: the dataplane's own worker and graph on a device without a kernel, on one core, beside the floor
// of its crypto and of a bare forwarder.
#include "arguments.h"
#include "commands.h"
#include "machine.h"
#include "plot.h"

#include "pipeline.h"

#include <string.h>

#define CM      SRTP_SUITE_AES_CM_128_HMAC_SHA1_80
#define GCM     SRTP_SUITE_AEAD_AES_128_GCM
#define CM_32   SRTP_SUITE_AES_CM_128_HMAC_SHA1_32
#define GCM_256 SRTP_SUITE_AEAD_AES_256_GCM
#define CALLS(s, n)                                                                                                    \
    .rooms = {                                                                                                         \
        .suite = (s),                                                                                                  \
        .transports = (n),                                                                                             \
    }
#define ROOMS(s, n, v)                                                                                                 \
    .rooms = {                                                                                                         \
        .suite = (s),                                                                                                  \
        .transports = (n) * ((v) + 1),                                                                                 \
        .viewers = (v),                                                                                                \
    }
// What perf/peers sends through other servers: one viewer a room, under another suite.
#define RELAY_TO(s, sent)                                                                                              \
    .rooms = {                                                                                                         \
        .suite = (s),                                                                                                  \
        .transports = 400,                                                                                             \
        .viewers = 1,                                                                                                  \
        .viewer_suite = (sent),                                                                                        \
    }

static const struct scenario scenarios[] = {
    {.name = "relay_cm_1100", CALLS(CM, 1000), .payload = 1100, .order = TRAFFIC_UNIFORM, .goal = 1.15},
    {.name = "relay_cm_160", CALLS(CM, 1000), .payload = 160, .order = TRAFFIC_UNIFORM, .goal = 1.35},
    {.name = "relay_gcm_1100", CALLS(GCM, 1000), .payload = 1100, .order = TRAFFIC_UNIFORM, .goal = 1.22},
    {.name = "relay_gcm_160", CALLS(GCM, 1000), .payload = 160, .order = TRAFFIC_UNIFORM, .goal = 1.65},
    {.name = "fanout1_cm_1100", ROOMS(CM, 1000, 1), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "fanout10_cm_1100", ROOMS(CM, 100, 10), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "fanout100_cm_1100", ROOMS(CM, 10, 100), .payload = 1100, .order = TRAFFIC_UNIFORM, .goal = 1.16},
    {.name = "fanout100_cm_160", ROOMS(CM, 10, 100), .payload = 160, .order = TRAFFIC_UNIFORM, .goal = 1.27},
    {.name = "fanout100_gcm_1100", ROOMS(GCM, 10, 100), .payload = 1100, .order = TRAFFIC_UNIFORM, .goal = 1.25},
    {.name = "fanout100_gcm_160", ROOMS(GCM, 10, 100), .payload = 160, .order = TRAFFIC_UNIFORM, .goal = 1.58},
    {.name = "fanout1000_cm_1100", ROOMS(CM, 1, 1000), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "peers_cm_1100", RELAY_TO(CM, CM_32), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "peers_cm_160", RELAY_TO(CM, CM_32), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "peers_gcm_1100", RELAY_TO(GCM, GCM_256), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "peers_gcm_160", RELAY_TO(GCM, GCM_256), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "peers_fanout50_cm_1100", ROOMS(CM, 1, 50), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "mixed_cm", CALLS(CM, 1000), .payload = 1100, .audio_share = 25, .order = TRAFFIC_UNIFORM},
    {.name = "mixed_gcm", CALLS(GCM, 1000), .payload = 1100, .audio_share = 25, .order = TRAFFIC_UNIFORM},
    {.name = "zipf1k_cm_1100", CALLS(CM, 1000), .payload = 1100, .order = TRAFFIC_ZIPF},
    {.name = "transports10k_cm_1100", CALLS(CM, 10000), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "transports10k_zipf_cm_1100", CALLS(CM, 10000), .payload = 1100, .order = TRAFFIC_ZIPF},
    {.name = "transports2_cm_1100", CALLS(CM, 2), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "transports2_cm_160", CALLS(CM, 2), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "transports2_gcm_160", CALLS(GCM, 2), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "transports100k_cm_1100", CALLS(CM, 100000), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "transports100k_cm_160", CALLS(CM, 100000), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "transports100k_gcm_1100", CALLS(GCM, 100000), .payload = 1100, .order = TRAFFIC_UNIFORM},
    {.name = "transports100k_gcm_160", CALLS(GCM, 100000), .payload = 160, .order = TRAFFIC_UNIFORM},
    {.name = "transports100k_zipf_cm_1100", CALLS(CM, 100000), .payload = 1100, .order = TRAFFIC_ZIPF},
    {.name = "transports100k_zipf_gcm_160", CALLS(GCM, 100000), .payload = 160, .order = TRAFFIC_ZIPF},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

enum { SLICES = 120, SLICES_QUICK = 40, QUICK_TRANSPORTS = 10000 };

static const struct perf_help help = {
    .usage = "usage: naru-perf pipeline [options]",
    .text =
        "The dataplane's worker and whole graph on one core, timers, RTCP and counters on, fed by copies of frames\n"
        "that ipsec-mb encrypted before each slice, beside the crypto alone (ipsec-mb's fastest mode) and a bare\n"
        "forwarder on the same device. Slices of about 4 ms in turn; the ratio is the median of paired slices. "
        "libsrtp2\n"
        "checks a sample of what leaves. Needs root, and 5 GiB of memory (2 MiB pages for the time of the run).\n\n"
        "  naru-perf pipeline --quick                     all but the largest, shorter\n"
        "  naru-perf pipeline --only relay                what the name begins with\n"
        "  naru-perf pipeline --json > pipeline.json      everything: about 2 minutes",
    .has_plot = true,
    .only = "scenarios whose name begins with WHAT"};

static bool is_wanted(const struct scenario *scenario, const struct perf_options *options)
{
    if (options->only)
        return strncmp(scenario->name, options->only, strlen(options->only)) == 0;
    return !options->quick || scenario->rooms.transports <= QUICK_TRANSPORTS;
}

static int run_all(const struct perf_options *options)
{
    static struct scenario_result result;
    json_t *results = json_array();
    bool met = true;
    for (unsigned i = 0; i < SCENARIOS; i++) {
        if (!is_wanted(&scenarios[i], options))
            continue;
        arguments_progress(scenarios[i].name, i, SCENARIOS);
        if (scenario_run(&scenarios[i], options->quick ? SLICES_QUICK : SLICES, &result))
            return 1;
        arguments_progress("", 0, 0);
        json_array_append_new(results, scenario_json(&scenarios[i], &result));
        if (!options->json)
            scenario_print(&scenarios[i], &result);
        met &= scenarios[i].goal <= 0 || result.ratio <= scenarios[i].goal;
    }
    if (options->json)
        machine_print_json("pipeline", results);
    if (options->plot && plot_pipeline(options->plot, results))
        met = false;
    json_decref(results);
    return met ? 0 : 1;
}

const struct scenario *pipeline_find(const char *name)
{
    for (unsigned i = 0; i < SCENARIOS; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}

int pipeline_start(void)
{
    if (crypto_start()) {
        fprintf(stderr, "naru-perf: ipsec-mb has no build for this processor\n");
        return -1;
    }
    if (testbed_start() == 0)
        return 0;
    testbed_stop();
    return -1;
}

void pipeline_stop(void)
{
    testbed_stop();
}

int pipeline_command(int argc, char **argv)
{
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    if (pipeline_start())
        return 1;
    if (!options.json)
        printf("%s, %s\n\n", machine_describe(), testbed.huge ? "2 MiB pages" : "4 KiB pages");
    int status = run_all(&options);
    pipeline_stop();
    return status;
}
