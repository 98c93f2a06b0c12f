// SPDX-License-Identifier: Apache-2.0
// A successor takes over: sessions that had keys go on, what was half done ends, every record is accounted for.
#include "control_parts.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct used {
    uint8_t *transports, *streams, *routes;
};

static bool stream_is(const struct control *control, struct record_link link)
{
    struct stream_intent intent;
    const struct stream_intent_record *record = tables_stream(&control->tables, link.index);
    return record && record_read(&record->head, &intent, sizeof(intent)) && intent.generation == link.generation;
}

static bool route_is(const struct control *control, struct record_link link)
{
    struct route_intent intent;
    const struct route_intent_record *record = tables_route(&control->tables, link.index);
    return record && record_read(&record->head, &intent, sizeof(intent)) && intent.generation == link.generation;
}

// What the journal says must be what the tables say: it is adopted whole or not at all.
static bool is_whole(const struct control *control, const struct journal_session *record)
{
    struct transport_intent intent;
    bool whole = record->has_keys && record->shard < control->tables.limits.shards &&
                 (record->section_count || record->is_peer) && room_name_is_valid(record->room_name) && record->id[0] &&
                 intents_read_transport(&control->intents, record->transport, &intent) &&
                 intent.shard == record->shard && (intent.keys[0].epoch || intent.keys[1].epoch);
    explicit_bzero(&intent, sizeof(intent));
    for (uint32_t i = 0; whole && i < record->section_count; i++) {
        struct record_link link = record->sections[i].link;
        whole = link.generation && (record->is_publisher ? stream_is(control, link) : route_is(control, link));
    }
    return whole;
}

static bool is_whole_peer(const struct control *control, const struct journal_peer *peer)
{
    bool whole = true;
    for (unsigned i = 0; whole && i < peer->transceiver_count; i++) {
        const struct journal_transceiver *transceiver = &peer->transceivers[i];
        if (transceiver->serial && transceiver->stream.generation)
            whole = stream_is(control, transceiver->stream);
        if (whole && transceiver->serial && transceiver->route.generation)
            whole = route_is(control, transceiver->route);
    }
    return whole;
}

static void mark_peer(const struct journal_peer *peer, struct used *used)
{
    for (unsigned i = 0; i < peer->transceiver_count; i++) {
        const struct journal_transceiver *transceiver = &peer->transceivers[i];
        if (transceiver->serial && transceiver->stream.generation)
            used->streams[transceiver->stream.index] = 1;
        if (transceiver->serial && transceiver->route.generation)
            used->routes[transceiver->route.index] = 1;
    }
}

static bool adopt_peer(struct control *control, struct session *session, struct used *used)
{
    session->peer = peer_new();
    if (!session->peer || !journal_read_peer(&control->journal, session->record.transport, &session->peer->record) ||
        !is_whole_peer(control, &session->peer->record))
        return false;
    mark_peer(&session->peer->record, used);
    return true;
}

static void mark(const struct journal_session *record, struct used *used)
{
    used->transports[record->transport.index] = 1;
    for (uint32_t i = 0; i < record->section_count; i++)
        (record->is_publisher ? used->streams : used->routes)[record->sections[i].link.index] = 1;
}

static void adopt(struct control *control, const struct journal_session *record, struct used *used, uint64_t now)
{
    struct session *session = session_new();
    if (!session || session_find(control, record->id)) {
        free(session);
        return;
    }
    session->record = *record;
    if (record->is_peer && !adopt_peer(control, session, used)) {
        session_free(session);
        return;
    }
    record_layer_resume(&session->record.records);
    session->state = SESSION_CONNECTED; // the one place where a state does not come from a move
    session->consent_from = now;
    session_list_in(control, session);
    intents_adopt_transport(&control->intents, record->transport);
    intents_tell_again(&control->intents, record->transport, record->shard);
    mark(record, used);
    if (session->peer)
        peer_adopted(control, session, now);
}

static void adopt_all(struct control *control, struct used *used, uint64_t now)
{
    struct journal_session record;
    for (uint32_t i = 0; i < control->tables.limits.transports; i++) {
        if (!journal_read_session(&control->journal, i, &record))
            continue;
        if (is_whole(control, &record))
            adopt(control, &record, used, now);
        if (used->transports[i])
            continue;
        journal_erase_session(&control->journal, i);
        journal_erase_peer(&control->journal, i);
    }
}

static void open_rooms(struct control *control, uint64_t now)
{
    struct session *session, *next;
    struct room *room;
    for (session = TAILQ_FIRST(&control->all); session; session = next) {
        next = TAILQ_NEXT(session, all);
        if (!session->record.is_publisher)
            continue;
        if (rooms_add(&control->rooms, session->record.room_name, session->record.shard, session->record.room,
                      session->record.created_at, &room))
            session_end(control, session, SESSION_CLOSED, "its room could not be opened again", now);
        else
            room_enter(room, session);
    }
}

static void fill_rooms(struct control *control, uint64_t now)
{
    struct session *session, *next;
    for (session = TAILQ_FIRST(&control->all); session; session = next) {
        next = TAILQ_NEXT(session, all);
        if (session->record.is_publisher)
            continue;
        struct room *room = rooms_find(&control->rooms, session->record.room_name);
        if (!room && session->record.is_peer)
            (void)rooms_add(&control->rooms, session->record.room_name, session->record.shard, session->record.room,
                            session->record.created_at, &room);
        if (room && room->number == session->record.room)
            room_enter(room, session);
        else
            session_end(control, session, SESSION_CLOSED, "its publisher is gone", now);
    }
}

// Members whose sources did not come back, or came while nobody looked.
static void tell_rooms(struct control *control, uint64_t now)
{
    struct room *room;
    TAILQ_FOREACH(room, &control->rooms.all, all)
    room_changed(control, room, now);
}

static void adopt_channels(struct control *control, uint64_t now)
{
    struct session *session;
    TAILQ_FOREACH(session, &control->all, all)
    if (session->peer)
        peer_channels_adopt(control, session, now);
}

int recover(struct control *control, uint64_t now)
{
    const struct tables_limits *limits = &control->tables.limits;
    struct used used = {calloc(limits->transports, 1), calloc(limits->streams, 1), calloc(limits->routes, 1)};
    int error = -ENOMEM;
    if (used.transports && used.streams && used.routes) {
        adopt_all(control, &used, now);
        error = departures_release_unused(&control->intents, used.transports, used.streams, used.routes, now);
        open_rooms(control, now);
        fill_rooms(control, now);
        tell_rooms(control, now);
        adopt_channels(control, now);
        if (control->session_count)
            log_info("took over %u sessions in %u rooms", control->session_count, control->rooms.count);
    }
    free(used.transports);
    free(used.streams);
    free(used.routes);
    return error;
}
