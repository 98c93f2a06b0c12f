// SPDX-License-Identifier: Apache-2.0
// Events of peers, on their way to who reads them: kept in a ring for each peer and one for all, and given to a request
// that waits for some. A reader asks anew when it has written the last ones to its socket: a slow one misses what the
// ring has lost meanwhile, and holds nothing else.
#include "peer_channel_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_EVENTS   1024
#define WAITERS_MAX  1024
#define WAITING_TIME (10 * CONTROL_SECOND)
#define READER_TIME  (15 * CONTROL_SECOND) // after which one that asks for no more is none

struct event_waiters {
    unsigned count;
    struct {
        struct gateway_request *request;
        uint64_t until;
    } list[WAITERS_MAX];
};

int peer_events_open(struct control *control)
{
    control->event_waiters = calloc(1, sizeof(*control->event_waiters));
    event_store_open(&control->channel_events, EVENT_STORE_BYTES, NULL, NULL);
    return control->event_waiters ? event_ring_open(&control->events, ALL_EVENTS) : -ENOMEM;
}

void peer_events_close(struct control *control)
{
    control_release(control);
    event_ring_close(&control->events);
    event_store_close(&control->channel_events);
    free(control->event_waiters);
    control->event_waiters = NULL;
}

const char *peer_connection_state(unsigned state)
{
    static const char *const names[SESSION_STATES] = {"new",          "connecting", "connecting", "connected",
                                                      "disconnected", "failed",     "closed"};
    return names[state];
}

const char *peer_ice_connection_state(unsigned state)
{
    static const char *const names[SESSION_STATES] = {"new",          "checking", "connected", "connected",
                                                      "disconnected", "failed",   "closed"};
    return names[state];
}

void peer_track_id(const char *session, const char *mid, char ret_id[JOURNAL_TRACK_SIZE])
{
    snprintf(ret_id, JOURNAL_TRACK_SIZE, "%.32s-%.16s", session, mid);
}

static void sign(struct control *control, const struct session *session, struct gateway_event *event)
{
    event->epoch = control->epoch;
    event->number = ++control->event_number;
    snprintf(event->peer, sizeof(event->peer), "%s", session->record.id);
    snprintf(event->room, sizeof(event->room), "%s", session->record.room_name);
    control->has_news = true;
}

void peer_emit(struct control *control, struct session *session, struct gateway_event *event)
{
    sign(control, session, event);
    event_ring_add(&session->peer->events, event);
    event_ring_add(&control->events, event);
}

void peer_emit_channel(struct control *control, struct session *session, struct gateway_event *event, bool is_owed)
{
    sign(control, session, event);
    event_store_add(&session->peer->channel_events, event, is_owed);
    if (event->kind != PEER_CHANNEL_MESSAGE)
        event_store_add(&control->channel_events, event, false);
}

bool peer_has_reader(const struct session *session, uint64_t now)
{
    uint64_t asked_at = session->peer->events_asked_at;
    return asked_at && now - asked_at < READER_TIME;
}

static void emit_state(struct control *control, struct session *session, enum gateway_event_kind kind,
                       const char *state)
{
    struct gateway_event event = {.kind = kind};
    snprintf(event.state, sizeof(event.state), "%s", state);
    peer_emit(control, session, &event);
}

void peer_emit_signaling(struct control *control, struct session *session)
{
    emit_state(control, session, PEER_SIGNALING_STATE, jsep_state_names[session->peer->state]);
}

void peer_tell_state(struct control *control, struct session *session)
{
    struct peer_connection *peer = session->peer;
    if (!peer || session->state == peer->told_state)
        return;
    unsigned before = peer->told_state, now = session->state;
    peer->told_state = now;
    if (strcmp(peer_ice_connection_state(before), peer_ice_connection_state(now)))
        emit_state(control, session, PEER_ICE_CONNECTION_STATE, peer_ice_connection_state(now));
    if (strcmp(peer_connection_state(before), peer_connection_state(now)))
        emit_state(control, session, PEER_CONNECTION_STATE, peer_connection_state(now));
}

// True when it is answered.
static bool look(struct control *control, struct gateway_request *request)
{
    struct session *session = request->peer.is_for_all ? NULL : session_find(control, request->id);
    bool is_there = request->peer.is_for_all || (session && session->peer);
    bool is_one = session && session->peer;
    const struct event_ring *ring = is_one ? &session->peer->events : &control->events;
    const struct event_store *store = is_one ? &session->peer->channel_events : &control->channel_events;
    if (is_there)
        request->events =
            event_store_read(store, ring, request->peer.after_epoch, request->peer.after_number, &request->event_count);
    request->is_over = !is_there || (session && !session_is_live(session));
    return request->is_over || request->event_count;
}

bool peer_events_ask(struct control *control, struct gateway_request *request, uint64_t now)
{
    struct event_waiters *waiters = control->event_waiters;
    struct session *session = request->peer.is_for_all ? NULL : session_find(control, request->id);
    if (!request->peer.is_for_all && !session_is_meant(session, request)) {
        refuse(request, GATEWAY_NO_SESSION, 0, "there is no such peer");
        return true;
    }
    if (session) {
        session->peer->used_at = session->peer->events_asked_at = now;
        if (request->peer.after_epoch == control->epoch)
            event_store_release(&session->peer->channel_events, request->peer.after_number);
    }
    if (look(control, request) || request->peer.is_first)
        return true;
    if (control->is_stopping || waiters->count == WAITERS_MAX) {
        refuse_for_now(request, REFUSED_RATE, 5, "%d readers of events are there already", WAITERS_MAX);
        return true;
    }
    waiters->list[waiters->count].request = request;
    waiters->list[waiters->count++].until = now + WAITING_TIME;
    return false;
}

static void answer(struct event_waiters *waiters, unsigned place)
{
    struct gateway_request *request = waiters->list[place].request;
    waiters->list[place] = waiters->list[--waiters->count];
    request->done(request);
}

void peer_events_deliver(struct control *control, uint64_t now)
{
    struct event_waiters *waiters = control->event_waiters;
    control->has_news = false;
    for (unsigned i = waiters->count; i-- > 0;)
        if (look(control, waiters->list[i].request) || now >= waiters->list[i].until)
            answer(waiters, i);
}

void control_release(struct control *control)
{
    struct event_waiters *waiters = control->event_waiters;
    while (waiters && waiters->count) {
        waiters->list[waiters->count - 1].request->is_over = true;
        answer(waiters, waiters->count - 1);
    }
}

void peer_say_goodbye(struct control *control, struct session *session)
{
    struct event_waiters *waiters = control->event_waiters;
    peer_tell_state(control, session);
    for (unsigned i = waiters->count; i-- > 0;) {
        struct gateway_request *request = waiters->list[i].request;
        if (request->peer.is_for_all || strcmp(request->id, session->record.id))
            continue;
        look(control, request);
        request->is_over = true;
        answer(waiters, i);
    }
}
