// SPDX-License-Identifier: Apache-2.0
#include "session_set.h"

#include "byte_order.h"
#include "session_signalling.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX 256
#define TICK       NS_PER_MS

int session_set_open(struct session_set *set, const struct client_options *options, unsigned count)
{
    *set = (struct session_set){.options = options, .count = count, .epoll = -1};
    set->sessions = calloc(count, sizeof(*set->sessions));
    set->epoll = epoll_create1(EPOLL_CLOEXEC);
    set->multi = curl_multi_init();
    if (!set->sessions || set->epoll < 0 || !set->multi ||
        dtls_context_new(srtp_pair_profiles(options->suite), options->split_hello, &set->dtls)) {
        fprintf(stderr, "naru-client: cannot set up %u sessions\n", count);
        session_set_close(set);
        return -ENOMEM;
    }
    set->timeline = options->timeline ? calloc(1, sizeof(*set->timeline)) : NULL;
    if (set->timeline)
        set->timeline->began_ns = clock_now();
    for (unsigned i = 0; i < count; i++)
        set->sessions[i].fd = -1;
    curl_multi_setopt(set->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 16L);
    return 0;
}

void session_set_close(struct session_set *set)
{
    for (unsigned i = 0; set->sessions && i < set->count; i++) {
        whip_free(&set->sessions[i].request, set->multi);
        session_free(&set->sessions[i]);
    }
    free(set->sessions);
    free(set->timeline);
    if (set->multi)
        curl_multi_cleanup(set->multi);
    if (set->epoll >= 0)
        close(set->epoll);
    SSL_CTX_free(set->dtls);
    *set = (struct session_set){.epoll = -1};
}

int session_set_add(struct session_set *set, struct session *session, bool lite, unsigned direction)
{
    int result = session_init(session, set->options, set->dtls, lite, direction);
    session->timeline = set->timeline;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
    if (!result && epoll_ctl(set->epoll, EPOLL_CTL_ADD, session->fd, &event))
        result = -errno;
    if (result)
        fprintf(stderr, "naru-client: session %u: %s\n", session->index, strerror(-result));
    return result;
}

static void report_progress(struct session_set *set, uint64_t now)
{
    double interval = set->options->report_interval_s;
    unsigned connected = 0, failed = 0;
    uint64_t sent = 0, received = 0;
    if (interval <= 0 || now < set->next_report_ns)
        return;
    set->next_report_ns = now + (uint64_t)(interval * (double)NS_PER_S);
    for (unsigned i = 0; i < set->count; i++) {
        const struct session *session = &set->sessions[i];
        connected += session->state == SESSION_CONNECTED;
        failed += session->state == SESSION_FAILED;
        for (unsigned j = 0; j < session->source_count; j++)
            sent += session->sources[j].sent;
        for (unsigned j = 0; j < session->sink_count; j++)
            received += session->sinks[j].received;
    }
    fprintf(stderr, "%u sessions: %u connected, %u failed, %lu packets sent, %lu received\n", set->count, connected,
            failed, sent, received);
}

uint64_t session_set_step(struct session_set *set)
{
    struct epoll_event events[EVENTS_MAX];
    int ready = epoll_wait(set->epoll, events, EVENTS_MAX, 1);
    uint64_t now = clock_now();
    for (int i = 0; i < ready; i++)
        session_readable(events[i].data.ptr, now);
    if (now >= set->next_tick_ns) {
        set->next_tick_ns = now + TICK;
        for (unsigned i = 0; i < set->count; i++)
            session_tick(&set->sessions[i], now);
        if (set->options->ice_restart_s > 0)
            session_restart_all(set->sessions, set->count, set->multi, now);
        whip_poll(set->multi);
        report_progress(set, now);
    }
    return now;
}

static atomic_bool interrupted;

static void interrupt(int unused)
{
    atomic_store(&interrupted, true);
}

void session_set_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool session_set_interrupted(void)
{
    return atomic_load(&interrupted);
}

static bool any_connected(const struct session_set *set)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->sessions[i].state == SESSION_CONNECTED)
            return true;
    return false;
}

void session_set_run(struct session_set *set, double seconds)
{
    uint64_t end = clock_now() + (uint64_t)(seconds * (double)NS_PER_S);
    while (session_set_step(set) < end && !session_set_interrupted())
        if (!set->options->keep_going && !any_connected(set))
            return;
}

void session_set_drain(struct session_set *set, double seconds)
{
    uint64_t end = clock_now() + (uint64_t)(seconds * (double)NS_PER_S);
    while (session_set_step(set) < end)
        ;
}

bool session_set_settled(const struct session_set *set)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->sessions[i].state < SESSION_CONNECTED)
            return false;
    return true;
}

void session_set_stop_sending(struct session_set *set)
{
    uint64_t now = clock_now();
    for (unsigned i = 0; i < set->count; i++)
        session_stop_sending(&set->sessions[i], now);
}

void session_set_hang_up(struct session_set *set)
{
    for (unsigned i = 0; i < set->count; i++)
        session_close(&set->sessions[i]);
}
