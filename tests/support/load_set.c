// SPDX-License-Identifier: Apache-2.0
#include "load_set.h"

#include "byte_order.h"
#include "session_signalling.h"
#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define EVENTS_MAX     256
#define TICK           NS_PER_MS
#define PENDING_ROUNDS 10
#define TEND_ROUNDS    500 // each session that is up is looked at every so many ticks
#define CLOSE_AT_ONCE  64
#define CLOSE_TIME     (30 * NS_PER_S)

static int raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return -errno;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

int load_set_open(struct load_set *set, const struct client_options *options)
{
    *set = (struct load_set){.options = options, .epoll = epoll_create1(EPOLL_CLOEXEC), .multi = curl_multi_init()};
    set->sessions = calloc(LOAD_SESSIONS_MAX, sizeof(struct session *));
    set->pending = calloc(LOAD_SESSIONS_MAX, sizeof(*set->pending));
    set->setup_ms = calloc(LOAD_SESSIONS_MAX, sizeof(*set->setup_ms));
    if (set->epoll < 0 || !set->multi || !set->sessions || !set->pending || !set->setup_ms || raise_file_limit() ||
        dtls_context_new(srtp_pair_profiles(options->suite), options->split_hello, &set->dtls)) {
        fprintf(stderr, "naru-client: cannot set up the load\n");
        load_set_close(set);
        return -ENOMEM;
    }
    return 0;
}

void load_set_close(struct load_set *set)
{
    for (unsigned i = 0; i < set->count; i++) {
        whip_free(&set->sessions[i]->request, set->multi);
        session_free(set->sessions[i]);
        free(set->sessions[i]);
    }
    free(set->sessions);
    free(set->pending);
    free(set->setup_ms);
    if (set->multi)
        curl_multi_cleanup(set->multi);
    if (set->epoll >= 0)
        close(set->epoll);
    SSL_CTX_free(set->dtls);
}

static int add(struct load_set *set)
{
    struct session *session = calloc(1, sizeof(*session));
    if (!session)
        return -ENOMEM;
    session->fd = -1;
    session->index = session->room = set->count;
    session->viewer = -1;
    set->sessions[set->count++] = session;
    int error = session_init(session, set->options, set->dtls, false, SESSION_SENDS);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
    if (!error && epoll_ctl(set->epoll, EPOLL_CTL_ADD, session->fd, &event))
        error = -errno;
    return error;
}

int load_prepare(struct load_set *set, unsigned count)
{
    int error = set->count + count > LOAD_SESSIONS_MAX ? -ENOSPC : 0;
    set->first = set->started = set->count;
    for (unsigned i = 0; i < count && !error; i++)
        error = add(set);
    if (error)
        fprintf(stderr, "naru-client: session %u: %s\n", set->count, strerror(-error));
    return error;
}

// From now on STUN alone (RFC 7983: a first byte below 4) wakes this process; the filter sees the UDP header first.
static void leave_stun_alone(int fd)
{
    struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 4, 1, 0),
                                   BPF_STMT(BPF_RET | BPF_K, UINT32_MAX), BPF_STMT(BPF_RET | BPF_K, 0)};
    struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

// Media has begun: one packet of each stream. Then what handshake and media needed goes: thousands of libsrtp's
// contexts on NSS make each packet slow, and what comes is not looked at.
static void came_up(struct load_set *set, struct session *session, uint64_t now)
{
    for (unsigned i = 0; i < session->source_count; i++)
        session->sources[i].due_ns = now;
    session_media_tick(session, now);
    session->sending = false;
    session->next_rtcp_ns = UINT64_MAX;
    set->setup_ms[set->setup_count++] = ns_to_ms(clock_now() - session->started_ns);
    dtls_free(&session->dtls);
    srtp_pair_close(&session->srtp);
    leave_stun_alone(session->fd);
    session->dtls.state = DTLS_NEW; // later records are not looked at
    free(session->offer);
    session->offer = NULL;
}

static void take_answer(struct load_set *set, struct session *session, uint64_t now)
{
    if (session->state == SESSION_SIGNALLING && session->request.easy && !session->request.running)
        session_post_done(session, set->multi, now);
}

// Timers of those under way every few ticks: all of them each time would slow a client down that is behind already.
static void tick(struct load_set *set, uint64_t now)
{
    whip_poll(set->multi);
    set->ticks++;
    for (unsigned i = 0; i < set->pending_count;) {
        struct session *session = set->sessions[set->pending[i]];
        take_answer(set, session, now);
        if ((session->index + set->ticks) % PENDING_ROUNDS == 0)
            session_tick(session, now);
        if (session->state == SESSION_CONNECTED)
            came_up(set, session, now);
        if (session->state >= SESSION_CONNECTED)
            set->pending[i] = set->pending[--set->pending_count];
        else
            i++;
    }
    for (unsigned left = set->first / TEND_ROUNDS + 1; left && set->first; left--) {
        set->next_tended = (set->next_tended + 1) % set->first;
        session_tick(set->sessions[set->next_tended], now);
    }
}

static uint64_t step(struct load_set *set, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int ready = epoll_wait(set->epoll, events, EVENTS_MAX, timeout_ms);
    uint64_t now = clock_now();
    for (int i = 0; i < ready; i++)
        session_readable(events[i].data.ptr, now);
    if (now >= set->next_tick_ns || ready == 0) {
        set->next_tick_ns = now + TICK;
        tick(set, now);
    }
    return now;
}

static void start_due(struct load_set *set, uint64_t began, double rate, uint64_t now, struct load_outcome *outcome)
{
    while (set->started < set->count) {
        uint64_t due = began + (uint64_t)((set->started - set->first) * (double)NS_PER_S / rate);
        if (now < due)
            return;
        struct session *session = set->sessions[set->started];
        session->started_ns = due;
        if (ns_to_ms(now - due) > outcome->latest_start_ms)
            outcome->latest_start_ms = ns_to_ms(now - due);
        session_post(session, set->multi, now);
        // Publishers are clients of their own: none finds a connection that another one opened.
        curl_easy_setopt(session->request.easy, CURLOPT_FORBID_REUSE, 1L);
        set->pending[set->pending_count++] = set->started++;
        if (set->pending_count > outcome->most_at_once)
            outcome->most_at_once = set->pending_count;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(struct load_set *set, struct load_outcome *outcome)
{
    for (unsigned i = set->first; i < set->count; i++) {
        const struct session *session = set->sessions[i];
        outcome->connected += session->state == SESSION_CONNECTED;
        if (session->state != SESSION_CONNECTED && !outcome->failed++)
            snprintf(outcome->error, sizeof(outcome->error), "%s", session->error);
        if (session->suite && !outcome->suite[0])
            snprintf(outcome->suite, sizeof(outcome->suite), "%s", session->suite->name);
    }
    qsort(set->setup_ms, set->setup_count, sizeof(*set->setup_ms), compare);
}

void load_open(struct load_set *set, double rate, struct load_outcome *ret_outcome)
{
    *ret_outcome = (struct load_outcome){.asked = set->count - set->first};
    set->setup_count = 0;
    uint64_t began = clock_now(), now = began;
    while (set->started < set->count || set->pending_count) {
        start_due(set, began, rate, now, ret_outcome);
        now = step(set, set->pending_count > EVENTS_MAX ? 0 : 1);
    }
    ret_outcome->seconds = (double)(now - began) / 1e9;
    sum_up(set, ret_outcome);
    set->first = set->count;
}

double load_percentile(const struct load_set *set, double part)
{
    return set->setup_count ? set->setup_ms[(unsigned)(part * (set->setup_count - 1) + 0.5)] : 0;
}

static unsigned end_deletes(struct load_set *set, unsigned from, unsigned to, unsigned *ret_done)
{
    unsigned running = 0;
    for (unsigned i = from; i < to; i++) {
        struct session *session = set->sessions[i];
        if (!session->request.easy)
            continue;
        if (session->request.running) {
            running++;
            continue;
        }
        session_delete_done(session, set->multi);
        *ret_done += session->delete_status == 200;
    }
    return running;
}

unsigned load_close(struct load_set *set)
{
    unsigned next = 0, oldest = 0, running = 0, done = 0;
    uint64_t end = clock_now() + CLOSE_TIME;
    while ((next < set->count || running) && step(set, 0) < end) {
        running = end_deletes(set, oldest, next, &done);
        while (oldest < next && !set->sessions[oldest]->request.easy)
            oldest++;
        for (; next < set->count && running < CLOSE_AT_ONCE; next++) {
            session_delete(set->sessions[next], set->multi);
            running += set->sessions[next]->request.running;
        }
    }
    for (unsigned i = 0; i < set->count; i++) {
        whip_free(&set->sessions[i]->request, set->multi);
        session_free(set->sessions[i]);
        free(set->sessions[i]);
    }
    set->count = set->first = set->next_tended = 0;
    return done;
}

bool load_wait_for_order(struct load_set *set)
{
    for (;;) {
        struct pollfd order = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&order, 1, 0) > 0)
            return order.revents & POLLIN;
        step(set, 1);
    }
}
