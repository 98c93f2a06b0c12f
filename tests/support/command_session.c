// SPDX-License-Identifier: Apache-2.0
#include "byte_order.h"
#include "commands.h"
#include "session_signalling.h"
#include "session_verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define POSTS_AT_ONCE  16
#define DRAIN_SECONDS  0.3
#define DELETE_SECONDS 5

static unsigned sessions_per_room(const struct client_options *options)
{
    return (options->role != ROLE_WATCH) + (options->role != ROLE_PUBLISH ? options->viewers : 0);
}

static int add_room(struct session_set *set, struct session *first, unsigned room)
{
    unsigned size = sessions_per_room(set->options);
    bool published = set->options->role != ROLE_WATCH;
    for (unsigned i = 0; i < size; i++) {
        struct session *session = first + i;
        bool publisher = published && i == 0;
        session->index = (unsigned)(session - set->sessions);
        session->room = room;
        session->viewer = publisher ? -1 : (int)(i - published);
        session->publisher = published && !publisher ? first : NULL;
        if (session_set_add(set, session, set->options->ice_lite, publisher ? SESSION_SENDS : SESSION_RECEIVES))
            return -EIO;
    }
    return 0;
}

static bool may_start(const struct session *session, uint64_t now)
{
    if (session->state != SESSION_IDLE || now < session->retry_ns)
        return false;
    const struct session *publisher = session->publisher;
    return !publisher ||
           (publisher->connected_ns &&
            now >= publisher->connected_ns + (uint64_t)(session->options->viewer_delay_s * (double)NS_PER_S));
}

// Viewers whose publisher never came up have nothing to wait for.
static void start_sessions(struct session_set *set, uint64_t now)
{
    unsigned running = 0;
    for (unsigned i = 0; i < set->count; i++)
        running += set->sessions[i].state == SESSION_SIGNALLING;
    for (unsigned i = 0; i < set->count && running < POSTS_AT_ONCE; i++) {
        struct session *session = &set->sessions[i];
        if (session->state == SESSION_IDLE && session->publisher && session->publisher->state == SESSION_FAILED)
            session_fail(session, "its publisher failed");
        if (!may_start(session, now))
            continue;
        session_post(session, set->multi, now);
        running++;
    }
}

static void take_answers(struct session_set *set, uint64_t now)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct session *session = &set->sessions[i];
        if (session->state == SESSION_SIGNALLING && session->request.easy && !session->request.running)
            session_post_done(session, set->multi, now);
    }
}

static void connect_all(struct session_set *set)
{
    while (!session_set_settled(set) && !session_set_interrupted()) {
        uint64_t now = session_set_step(set);
        take_answers(set, now);
        start_sessions(set, now);
    }
}

static void delete_all(struct session_set *set)
{
    uint64_t end = clock_now() + DELETE_SECONDS * NS_PER_S;
    unsigned left = set->count;
    for (unsigned i = 0; i < set->count; i++)
        session_delete(&set->sessions[i], set->multi);
    while (left && session_set_step(set) < end) {
        left = 0;
        for (unsigned i = 0; i < set->count; i++) {
            struct session *session = &set->sessions[i];
            if (session->resource[0] && !session->request.running)
                session_delete_done(session, set->multi);
            left += session->resource[0] != 0;
        }
    }
}

static bool run(struct session_set *set)
{
    const struct client_options *options = set->options;
    unsigned size = sessions_per_room(options);
    for (unsigned room = 0; room < options->sessions; room++)
        if (add_room(set, set->sessions + room * size, options->first_room + room))
            return false;
    connect_all(set);
    session_set_run(set, options->duration_s);
    session_set_stop_sending(set);
    session_set_drain(set, DRAIN_SECONDS);
    for (unsigned i = 0; i < set->count; i++)
        for (unsigned j = 0; j < set->sessions[i].sink_count; j++)
            media_sink_finish(&set->sessions[i].sinks[j], set->sessions[i].stopped_ns);
    session_set_hang_up(set);
    delete_all(set);
    struct verdict *verdict = malloc(sizeof(*verdict));
    if (!verdict)
        return false;
    verdict_reach(set, verdict);
    session_report(set, verdict, "session");
    bool ok = verdict->ok;
    free(verdict);
    return ok;
}

static bool complete(const struct client_options *options)
{
    if (options->peers && !options->room)
        fprintf(stderr, "naru-client: --room is needed, see --help\n");
    else if (options->role != ROLE_WATCH && !options->whip && !options->peers)
        fprintf(stderr, "naru-client: --whip is needed, see --help\n");
    else if (options->role != ROLE_PUBLISH && !options->whep && !options->peers)
        fprintf(stderr, "naru-client: --whep is needed, see --help\n");
    else if (!sessions_per_room(options))
        fprintf(stderr, "naru-client: --viewers 0 leaves nothing to do\n");
    else
        return true;
    return false;
}

int command_session(int argc, char **argv)
{
    struct client_options options;
    struct session_set set;
    int result = client_options_read(argc, argv, &options);
    if (result)
        return result != 1;
    if (!complete(&options))
        return 1;
    session_set_catch_interrupts();
    bool ok = true;
    for (unsigned cycle = 0; cycle < options.cycles && !session_set_interrupted(); cycle++) {
        if (session_set_open(&set, &options, options.sessions * sessions_per_room(&options)))
            return 1;
        ok &= run(&set);
        session_set_close(&set);
    }
    return !ok;
}
