// SPDX-License-Identifier: Apache-2.0
// naru-perf memif: the real naru-dataplane in a process of its own over a device without a kernel: rates without loss,
// and the time that a packet takes.
#include "memif.h"

#include "arguments.h"
#include "commands.h"
#include "flood.h"
#include "machine.h"
#include "measure.h"
#include "nack.h"
#include "oracle.h"
#include "peer.h"
#include "plot.h"
#include "restart.h"

#include <string.h>

#define CM   SRTP_SUITE_AES_CM_128_HMAC_SHA1_80
#define GCM  SRTP_SUITE_AEAD_AES_128_GCM
#define MOST 8e6 // packets a second: no peer makes so many

static const struct memif_scenario scenarios[] = {
    {"bare_1100", {.rooms = {.suite = GCM, .transports = 1000}, .payload = 1100, .bare = "forward"}},
    {"bare_160", {.rooms = {.suite = GCM, .transports = 1000}, .payload = 160, .bare = "forward"}},
    {"relay_cm_1100", {.rooms = {.suite = CM, .transports = 1000, .unproven = true}, .payload = 1100}},
    {"relay_cm_160", {.rooms = {.suite = CM, .transports = 1000, .unproven = true}, .payload = 160}},
    {"relay_gcm_1100", {.rooms = {.suite = GCM, .transports = 1000, .unproven = true}, .payload = 1100}},
    {"relay_gcm_160", {.rooms = {.suite = GCM, .transports = 1000, .unproven = true}, .payload = 160}},
    {"fanout50_cm_1100",
     {.rooms = {.suite = CM, .transports = 20 * 51, .viewers = 50, .unproven = true}, .payload = 1100}},
    {"fanout50_gcm_1100",
     {.rooms = {.suite = GCM, .transports = 20 * 51, .viewers = 50, .unproven = true}, .payload = 1100}},
    {"rtx_cm_1100",
     {.rooms = {.suite = CM, .transports = 1000, .rtx = true, .unproven = true}, .payload = 1100, .lost_each = 100}},
    {"rtx_fanout50_gcm_1100",
     {.rooms = {.suite = GCM, .transports = 20 * 51, .viewers = 50, .rtx = true, .unproven = true},
      .payload = 1100,
      .lost_each = 100}},
    {"nack_cm_1100",
     {.rooms = {.suite = CM, .transports = 1000, .rtx = true, .unproven = true},
      .payload = 1100,
      .lost_before_each = 100}},
    {"mixed_cm", {.rooms = {.suite = CM, .transports = 1000, .unproven = true}, .payload = 1100, .audio_share = 25}},
    {"rooms10k_uniform_cm_1100", {.rooms = {.suite = CM, .transports = 10000, .unproven = true}, .payload = 1100}},
    {"rooms10k_zipf_cm_1100",
     {.rooms = {.suite = CM, .transports = 10000, .unproven = true}, .payload = 1100, .order = TRAFFIC_ZIPF}},
    {"adaptive_cm_1100",
     {.rooms = {.suite = CM, .transports = 1000, .unproven = true}, .payload = 1100, .idle = CONFIG_IDLE_ADAPTIVE}},
};
#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

enum { QUICK_TRANSPORTS = 2000 };

const struct memif_scenario *memif_find(const char *name)
{
    for (unsigned i = 0; i < SCENARIOS; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}

// Viewers lose packets from now on, and what is sent again is looked at.
static int begin_asking(const struct session *session)
{
    if (!session->lost_each)
        return 0;
    oracle_look(ROOMS_RTX_PAYLOAD_TYPE);
    peer.look = true;
    return nack_open(&session->rooms, session->lost_each);
}

static int end_asking(const struct traffic *traffic, struct memif_result *result)
{
    result->lost = nack_counts.lost;
    result->resent = nack_counts.resent;
    result->resent_verified = peer.look ? oracle_verify(traffic) : 0;
    peer.look = false;
    nack_close();
    return result->resent_verified < 0 ? -1 : 0;
}

int memif_run(const struct memif_scenario *scenario, bool quick, struct memif_result *ret_result)
{
    struct traffic traffic;
    struct session session = scenario->session;
    if (session.order == TRAFFIC_IN_TURN)
        session.order = TRAFFIC_UNIFORM;
    memset(ret_result, 0, sizeof(*ret_result));
    if (session_open(&session, &traffic))
        return -1;
    ret_result->verified = session.bare ? 0 : session_warm_up(&traffic);
    int error = ret_result->verified < 0 || begin_asking(&session);
    double seconds = quick ? 0.05 : 0.25;
    if (!error)
        ret_result->rate =
            session_highest_rate(&traffic, MOST / rooms_copies(&session.rooms), seconds, &ret_result->repeated);
    nack_counts = (struct nack_counts){0};
    losses_counts = (struct losses_counts){0};
    if (!error && session.lost_before_each)
        error = losses_open(&session.rooms, session.lost_before_each);
    const struct load highest = {.rate = ret_result->rate, .seconds = 4 * seconds};
    const struct load half = {.rate = ret_result->rate / 2, .seconds = 8 * seconds, .latency = !session.bare};
    if (!error)
        error =
            load_run(&highest, &traffic, &ret_result->at_highest) || load_run(&half, &traffic, &ret_result->at_half);
    error |= end_asking(&traffic, ret_result);
    ret_result->losses = losses_counts;
    losses_close();
    if (error)
        fprintf(stderr, "naru-perf: %s did not run\n", scenario->name);
    session_close(&traffic);
    return error ? -1 : 0;
}

static double us(const struct histogram *histogram, double share)
{
    return histogram_quantile(histogram, share) * 1e6 / measure_cycles_per_second();
}

static void print_latency(const char *what, const struct histogram *histogram)
{
    printf("    %-22s p50 %6.1f  p90 %6.1f  p99 %6.1f  p99.9 %7.1f  most %7.1f us, %lu packets\n", what,
           us(histogram, 0.5), us(histogram, 0.9), us(histogram, 0.99), us(histogram, 0.999), us(histogram, 1),
           (unsigned long)histogram->count);
}

static void print_gaps(const char *who, const struct gaps *gaps, double seconds)
{
    printf("    %-22s %.0f a second, %.1f ms a second, longest %.0f us\n", who, gaps->count / seconds,
           gaps->total_us / 1000 / seconds, gaps->longest_us);
}

static void print_result(const struct memif_scenario *scenario, const struct memif_result *result)
{
    unsigned copies = rooms_copies(&scenario->session.rooms);
    const struct load_result *highest = &result->at_highest, *half = &result->at_half;
    printf("%s: %.3f Mpps in, %.3f Mpps out without loss; %u trials made again; %d packets checked with libsrtp2\n",
           scenario->name, result->rate / 1e6, result->rate * copies / 1e6, result->repeated, result->verified);
    printf("  at that rate for %.1f s: %lu of %lu lost\n", highest->seconds, (unsigned long)load_lost(highest),
           (unsigned long)highest->expected);
    printf("  at half of it for %.1f s: %lu of %lu lost; %u of %u slices without a gap\n", half->seconds,
           (unsigned long)load_lost(half), (unsigned long)half->expected, half->clean, half->slices);
    if (result->lost)
        printf("  viewers lost %lu and asked for each; %lu were sent again, %d checked with libsrtp2\n",
               (unsigned long)result->lost, (unsigned long)result->resent, result->resent_verified);
    if (result->losses.lost)
        printf("  publishers lost %lu; the gateway asked for %lu of them, %lu times too often\n",
               (unsigned long)result->losses.lost, (unsigned long)result->losses.asked,
               (unsigned long)result->losses.again);
    if (half->all.count) {
        print_latency("all", &half->all);
        print_latency("slices without a gap", &half->gated);
    }
    print_gaps("gaps of the peer", &half->mine, half->seconds);
    print_gaps("gaps of the gateway", &half->theirs, half->seconds);
    fflush(stdout);
}

static json_t *latency_json(const struct histogram *histogram)
{
    if (histogram->count == 0)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:I}", "p50_us", us(histogram, 0.5), "p90_us", us(histogram, 0.9),
                     "p99_us", us(histogram, 0.99), "p999_us", us(histogram, 0.999), "most_us", us(histogram, 1),
                     "packets", (json_int_t)histogram->count);
}

static json_t *load_json(const struct load_result *result)
{
    return json_pack("{s:f, s:I, s:I, s:i, s:i, s:o, s:o, s:{s:i, s:f, s:f}, s:{s:i, s:f, s:f}}", "seconds",
                     result->seconds, "expected", (json_int_t)result->expected, "lost", (json_int_t)load_lost(result),
                     "slices", result->slices, "slices_without_gap", result->clean, "latency",
                     latency_json(&result->all), "latency_without_gaps", latency_json(&result->gated), "peer_gaps",
                     "count", result->mine.count, "us", result->mine.total_us, "longest_us", result->mine.longest_us,
                     "gateway_gaps", "count", result->theirs.count, "us", result->theirs.total_us, "longest_us",
                     result->theirs.longest_us);
}

static json_t *result_json(const struct memif_scenario *scenario, const struct memif_result *result)
{
    json_t *json =
        json_pack("{s:s, s:f, s:f, s:i, s:i, s:o, s:o}", "name", scenario->name, "packets_per_second_in", result->rate,
                  "packets_per_second_out", result->rate * rooms_copies(&scenario->session.rooms), "verified",
                  result->verified, "trials_repeated", result->repeated, "at_highest", load_json(&result->at_highest),
                  "at_half", load_json(&result->at_half));
    if (result->lost)
        json_object_set_new(json, "rtx",
                            json_pack("{s:I, s:I, s:i}", "asked", (json_int_t)result->lost, "resent",
                                      (json_int_t)result->resent, "verified", result->resent_verified));
    if (result->losses.lost)
        json_object_set_new(json, "nack",
                            json_pack("{s:I, s:I, s:I}", "lost", (json_int_t)result->losses.lost, "asked",
                                      (json_int_t)result->losses.asked, "again", (json_int_t)result->losses.again));
    return json;
}

#define RESTART_TRANSPORTS 100000u
#define RESTART_LIVE       1000u

static int run_restart(const struct perf_options *options, json_t *results)
{
    struct restart_result result;
    uint32_t transports = options->quick ? RESTART_LIVE : RESTART_TRANSPORTS;
    if (restart_run(transports, RESTART_LIVE, &result))
        return -1;
    if (!options->json)
        printf("restart: %u transports, %u of them live: link %.0f ms after the kill, ready %.0f, media to the first "
               "%.0f, "
               "to all %.0f, all installed %.0f (at first %.0f)\n",
               result.transports, result.live, result.link_ms, result.ready_ms, result.first_ms, result.all_ms,
               result.installed_ms, result.install_ms);
    json_array_append_new(results, json_pack("{s:s, s:i, s:i, s:f, s:f, s:f, s:f, s:f}", "name", "restart",
                                             "transports", result.transports, "live", result.live, "link_ms",
                                             result.link_ms, "ready_ms", result.ready_ms, "first_ms", result.first_ms,
                                             "all_live_ms", result.all_ms, "all_installed_ms", result.installed_ms));
    return 0;
}

static json_t *flood_json(enum flood_kind kind, const struct flood_result *result)
{
    json_t *steps = json_array();
    for (unsigned i = 0; i < FLOOD_STEPS; i++) {
        const struct flood_step *step = &result->steps[i];
        json_array_append_new(steps, json_pack("{s:f, s:b, s:I, s:I, s:I, s:I, s:i, s:i}", "flood_per_second",
                                               step->flood_rate, "within_bare_rate", step->within, "media",
                                               (json_int_t)step->media, "media_lost", (json_int_t)step->media_lost,
                                               "media_lost_in_all_parts", (json_int_t)step->media_lost_all,
                                               "flood_refused", (json_int_t)step->flood_refused, "parts", step->parts,
                                               "repeated", step->repeated));
    }
    return json_pack("{s:s+, s:f, s:f, s:I, s:o}", "name", "flood_", flood_names[kind], "media_per_second",
                     result->media_rate, "bare_drops_per_second", result->bare_rate, "lost",
                     (json_int_t)flood_lost(result), "steps", steps);
}

static int run_floods(const struct perf_options *options, json_t *results)
{
    static struct flood_result result;
    for (enum flood_kind kind = 0; kind < FLOOD_KINDS; kind++) {
        if (flood_run(kind, options->quick, &result))
            return -1;
        json_array_append_new(results, flood_json(kind, &result));
        if (options->json)
            continue;
        printf("flood of %s beside %.2f Mpps of media; a process that drops at once takes %.2f Mpps of it\n",
               flood_names[kind], result.media_rate / 1e6, result.bare_rate / 1e6);
        for (unsigned i = 0; i < FLOOD_STEPS; i++)
            printf("  %6.2f Mpps%s: %lu of %lu media packets lost (%lu in all parts, %u made again), %lu of the flood "
                   "by the ring\n",
                   result.steps[i].flood_rate / 1e6, result.steps[i].within ? "" : " (beyond)",
                   (unsigned long)result.steps[i].media_lost, (unsigned long)result.steps[i].media,
                   (unsigned long)result.steps[i].media_lost_all, result.steps[i].repeated,
                   (unsigned long)result.steps[i].flood_refused);
    }
    return 0;
}

static const struct perf_help help = {
    .usage = "usage: naru-perf memif [options]",
    .text = "naru-dataplane in a process of its own on the last CPU, over memif; peers on the first CPU that prove\n"
            "their addresses by ICE checks, encrypt live with bare ipsec-mb and decrypt a sample. The highest rate\n"
            "without loss by binary search (RFC 2544), then the time that packets take at half of it, from stamps in\n"
            "the payload: over all, and over the slices of 1 ms in which neither CPU stood still. In rtx_* viewers\n"
            "lose one packet of a hundred and ask for it; what comes again is counted, and a sample decrypted. In\n"
            "nack_* publishers lose one of a hundred at those rates, and send again what the gateway asks for. Needs\n"
            "root, two CPUs and 5 GiB.\n\n"
            "  naru-perf memif --quick                 the smaller ones, short trials\n"
            "  naru-perf memif --only relay_cm_1100\n"
            "  naru-perf memif --json > memif.json     everything: about 2 minutes",
    .has_plot = true,
    .only = "scenarios whose name begins with WHAT"};

static bool is_wanted(const struct memif_scenario *scenario, const struct perf_options *options)
{
    if (options->only)
        return strncmp(scenario->name, options->only, strlen(options->only)) == 0;
    return !options->quick || scenario->session.rooms.transports <= QUICK_TRANSPORTS;
}

int memif_command(int argc, char **argv)
{
    static struct memif_result result;
    struct perf_options options;
    int done = arguments_read(argc, argv, &help, &options);
    if (done)
        return done < 0 ? 2 : 0;
    if (session_start_all())
        return 1;
    json_t *results = json_array();
    int error = 0;
    for (unsigned i = 0; i < SCENARIOS && !error; i++) {
        if (!is_wanted(&scenarios[i], &options))
            continue;
        error = memif_run(&scenarios[i], options.quick, &result);
        if (!error && !options.json)
            print_result(&scenarios[i], &result);
        if (!error)
            json_array_append_new(results, result_json(&scenarios[i], &result));
    }
    if (!error && (!options.only || strcmp(options.only, "flood") == 0))
        error = run_floods(&options, results);
    if (!error && (!options.only || strcmp(options.only, "restart") == 0))
        error = run_restart(&options, results);
    if (options.json && !error)
        machine_print_json("memif", results);
    if (options.plot && !error)
        error = plot_memif(options.plot, results);
    json_decref(results);
    session_stop_all();
    return error ? 1 : 0;
}
