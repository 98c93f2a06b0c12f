// SPDX-License-Identifier: Apache-2.0
#include "restart.h"

#include "measure.h"
#include "peer.h"
#include "session.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>

#define PAYLOAD    160
#define LIMIT_MS   20000
#define BURST      32
#define BURST_US   320 // 100,000 packets a second
#define LIVE_RATE  50000.0
#define LIVE_FOR_S 1.0

static uint64_t began;

static double ms_since_began(void)
{
    return (double)(__rdtsc() - began) * 1000 / measure_cycles_per_second();
}

static uint32_t installed(void)
{
    const struct worker_state *state = tables_worker_state(gateway.tables, 0);
    // The former process's count stands until its successor's worker has begun.
    bool has_begun = counter_get(&state->epoch) == gateway.epoch;
    return has_begun ? atomic_load_explicit((_Atomic uint32_t *)&state->transports, memory_order_acquire) : 0;
}

static bool is_ready(void)
{
    return atomic_load(&shared_memory_owned(&gateway.memory, TABLES_DATAPLANE)->owner_ready);
}

static void note(double *when, bool happened)
{
    if (happened && isnan(*when))
        *when = ms_since_began();
}

// Everything that is waited for happens in this order or a little out of it; media is sent from the link's start on.
static int wait_for_media(struct traffic *traffic, struct restart_result *result)
{
    uint64_t pause = (uint64_t)(measure_cycles_per_second() * BURST_US / 1e6), next = __rdtsc();
    result->ready_ms = result->first_ms = result->all_ms = result->installed_ms = NAN;
    peer.round++;
    peer.heard = 0;
    while ((isnan(result->all_ms) || isnan(result->installed_ms)) && ms_since_began() < LIMIT_MS) {
        if (__rdtsc() > next) {
            traffic_fill(traffic, BURST);
            peer_send(&traffic->feed, 0, BURST);
            next += pause;
        }
        peer_poll();
        note(&result->ready_ms, is_ready());
        note(&result->first_ms, peer.heard > 0);
        note(&result->all_ms, peer.heard >= result->live);
        note(&result->installed_ms, installed() >= result->transports);
    }
    return isnan(result->all_ms) ? -1 : 0;
}

static int kill_and_wait(struct traffic *traffic, struct restart_result *result)
{
    began = __rdtsc();
    gateway_end(SIGKILL);
    if (gateway_start() || peer_wait_link(false, 1000) || peer_wait_link(true, LIMIT_MS))
        return -1;
    result->link_ms = ms_since_began();
    return wait_for_media(traffic, result);
}

static int wait_installed(struct restart_result *result)
{
    while (installed() < result->transports && ms_since_began() < LIMIT_MS)
        peer_poll();
    result->install_ms = ms_since_began();
    return installed() < result->transports ? -1 : 0;
}

int restart_run(uint32_t transports, uint32_t live, struct restart_result *ret_result)
{
    static struct load_result before;
    const struct session session = {
        .rooms = {.suite = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, .transports = transports, .live = live},
        .payload = PAYLOAD,
        .order = TRAFFIC_IN_TURN};
    const struct load load = {.rate = LIVE_RATE, .seconds = LIVE_FOR_S};
    struct traffic traffic;
    *ret_result = (struct restart_result){.transports = transports, .live = live};
    began = __rdtsc();
    if (session_open(&session, &traffic))
        return -1;
    int error = wait_installed(ret_result);
    if (!error)
        error = load_run(&load, &traffic, &before);
    if (!error && before.received == 0)
        error = -1;
    if (!error)
        error = kill_and_wait(&traffic, ret_result);
    if (error)
        fprintf(stderr, "naru-perf: a restart at %u transports did not end: %u installed, media to %u of %u\n",
                transports, installed(), peer.heard, live);
    session_close(&traffic);
    return error;
}
