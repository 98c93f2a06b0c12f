// SPDX-License-Identifier: Apache-2.0
#include "flood.h"

#include "arguments.h"
#include "search.h"
#include "session.h"

#include <stdio.h>

#define TRANSPORTS 1000
#define PAYLOAD    1100
#define MEDIA_RATE 250000.0 // about a quarter of what one core relays
#define MOST       16e6
#define PART       0.1
#define PARTS      5
#define TRIES      10
#define AWAY_US    300
#define KEPT_UP    0.95
#define RESOLUTION 0.03

// Of the bare drop rate; the last as fast as the peer can.
static const double shares[FLOOD_STEPS] = {0, 0.25, 0.5, 0.75, 1, 4};

static const struct session gateway_session = {
    .rooms = {.suite = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, .transports = TRANSPORTS, .unproven = true},
    .payload = PAYLOAD,
    .order = TRAFFIC_UNIFORM};

struct flood_run {
    struct session session; // whose rooms the traffic refers to
    struct traffic traffic;
    struct device_feed feed;
};

static int open_run(enum flood_kind kind, const char *bare, struct flood_run *ret_run)
{
    ret_run->session = gateway_session;
    ret_run->session.bare = bare;
    if (session_open(&ret_run->session, &ret_run->traffic))
        return -1;
    if (flood_open(kind, TRANSPORTS, &ret_run->feed) == 0 && (bare || session_warm_up(&ret_run->traffic) >= 0))
        return 0;
    session_close(&ret_run->traffic);
    return -1;
}

static void close_run(struct flood_run *run)
{
    flood_close(&run->feed);
    session_close(&run->traffic);
}

static bool may_have_lost(const struct load_result *result)
{
    return result->mine.longest_us > AWAY_US || result->theirs.longest_us > AWAY_US;
}

static bool is_dropped_in_time(void *context, double rate)
{
    static struct load_result result;
    struct flood_run *run = context;
    const struct load load = {
        .rate = MEDIA_RATE, .flood_rate = rate, .seconds = PART / 2, .flood = &run->feed, .drops_all = true};
    for (unsigned i = 0; i < TRIES; i++) {
        if (load_run(&load, &run->traffic, &result))
            return false;
        bool refused = result.refused || result.flood_refused, slow = result.flood_rate < KEPT_UP * rate;
        if (!refused && !slow)
            return true;
        if (!may_have_lost(&result))
            return false;
    }
    return false;
}

static int find_bare_rate(enum flood_kind kind, struct flood_result *result)
{
    static struct flood_run run;
    const struct search search = {.high = MOST, .resolution = RESOLUTION, .holds = is_dropped_in_time, .context = &run};
    if (open_run(kind, "drop", &run))
        return -1;
    result->bare_rate = search_highest(&search);
    close_run(&run);
    return 0;
}

static int run_step(struct flood_run *run, double rate, unsigned parts, struct flood_step *step)
{
    static struct load_result result;
    const struct load load = {.rate = MEDIA_RATE, .flood_rate = rate, .seconds = PART, .flood = &run->feed};
    double sent = 0, sent_all = 0;
    for (unsigned tries = 0; step->parts < parts && tries < TRIES * parts; tries++) {
        if (load_run(&load, &run->traffic, &result))
            return -1;
        step->media_lost_all += load_lost(&result);
        step->media_all += result.expected;
        sent_all += result.flood_rate;
        if (load_lost(&result) && may_have_lost(&result)) {
            step->repeated++;
            continue;
        }
        step->parts++;
        step->media += result.expected;
        step->media_lost += load_lost(&result);
        step->flood_refused += result.flood_refused;
        sent += result.flood_rate;
    }
    step->flood_rate = step->parts ? sent / step->parts : sent_all / step->repeated;
    if (step->parts)
        return 0;
    // Never once undisturbed: what was lost counts, whoever is to blame.
    step->media = step->media_all;
    step->media_lost = step->media_lost_all;
    return 0;
}

int flood_run(enum flood_kind kind, bool quick, struct flood_result *ret_result)
{
    static struct flood_run run;
    *ret_result = (struct flood_result){.media_rate = MEDIA_RATE};
    if (find_bare_rate(kind, ret_result) || open_run(kind, NULL, &run))
        return -1;
    int error = 0;
    for (unsigned i = 0; i < FLOOD_STEPS && !error; i++) {
        arguments_progress(flood_names[kind], i, FLOOD_STEPS);
        ret_result->steps[i].within = shares[i] <= 1;
        error = run_step(&run, shares[i] * ret_result->bare_rate, quick ? 1 : PARTS, &ret_result->steps[i]);
    }
    arguments_progress("", 0, 0);
    if (error)
        fprintf(stderr, "naru-perf: a flood of %s beside media did not run\n", flood_names[kind]);
    close_run(&run);
    return error;
}

uint64_t flood_lost(const struct flood_result *result)
{
    uint64_t lost = 0;
    for (unsigned i = 0; i < FLOOD_STEPS; i++)
        lost += result->steps[i].within ? result->steps[i].media_lost : 0;
    return lost;
}
