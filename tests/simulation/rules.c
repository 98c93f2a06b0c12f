// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include "control_parts.h"
#include "control_process.h"
#include "dataplane_process.h"
#include "machine.h"
#include "simulation.h"

#include "peers.h"

static uint64_t adopted; // by this naru-control, those that it ended at once included

bool rules_is_connected(const struct peer *peer)
{
    return peer->state == PEER_IS_UP && !peer->has_ended && (peer->is_known_connected || peer->is_dtls_client);
}

void rules_see_up(const struct peer *peer)
{
    if (peer->is_dtls_client && peer->was_killed)
        broken("peer %u was told that it is connected, but naru-control was killed before it had noted so",
               peer->number);
}

static bool is_half_done(const struct peer *peer)
{
    return peer->id[0] && peer->state > PEER_ASKS && peer->state < PEER_IS_GONE && !peer->has_ended &&
           !peer->is_known_connected;
}

void rules_take_over(void)
{
    adopted = control_shard.session_count + control_shard.closed;
    for (unsigned i = 0; i < peers.count; i++) {
        struct peer *peer = &peers.list[i];
        const struct session *session = peer->id[0] ? session_find(&control_shard, peer->id) : NULL;
        if (session) { // its predecessor may have died over saying so, or over ending it
            peer->is_known_connected = true;
            peer->has_ended = !session_is_live(session);
        } else if (rules_is_connected(peer))
            broken("peer %u was connected, and the next naru-control does not know it", peer->number);
        else if (is_half_done(peer))
            peer->was_killed = true;
    }
    rules_check_control();
}

void rules_check_journal(void)
{
    struct journal journal;
    struct journal_session session;
    char why[128];
    const uint32_t transports = machine.supervise.limits.transports;
    if (journal_check(machine.journal, transports, why, sizeof(why)) ||
        journal_open(machine.journal, transports, &journal)) {
        broken("the journal cannot be read");
        return;
    }
    for (uint32_t i = 0; i < transports; i++) {
        struct peer *peer = journal_read_session(&journal, i, &session) ? peers_find_id(session.id) : NULL;
        if (peer && session.has_keys)
            snprintf(peer->verdict, sizeof(peer->verdict), "in the journal");
    }
    for (unsigned i = 0; i < peers.count; i++) {
        struct peer *peer = &peers.list[i];
        bool is_there = !strcmp(peer->verdict, "in the journal");
        if (!is_there && rules_is_connected(peer))
            broken("peer %u is connected and not in the journal", peer->number);
        if (is_there) { // also if it was being ended: the next one has to do it again
            peer->was_ending |= peer->has_ended;
            peer->has_ended = false;
            peer->verdict[0] = 0;
        }
    }
    explicit_bzero(&session, sizeof(session));
    journal_close(&journal);
}

static void check_room(const struct room *room)
{
    const struct session *viewer;
    unsigned count = 0, at_home = 0;
    TAILQ_FOREACH(viewer, &room->viewers, viewers)
    {
        count++;
        at_home += viewer->record.shard == room->shard;
        if (viewer->room != room || viewer->record.room != room->number || !session_is_live(viewer))
            broken("room %s has a viewer that is not its own", room->name);
    }
    if (!room->publisher || room->publisher->room != room || !session_is_live(room->publisher))
        broken("room %s has no publisher", room->name);
    if (count != room->viewer_count || at_home != room->home_viewers)
        broken("room %s has %u viewers and counts %u", room->name, count, room->viewer_count);
}

struct sums {
    unsigned sessions, setups, held, failed, in_rooms, streams, routes;
    uint32_t by_shard[SHARDS];
};

static void add(const struct session *session, struct sums *sums)
{
    sums->sessions++;
    if (!session_is_live(session)) {
        sums->failed++;
        return;
    }
    sums->setups += session->is_setting_up;
    sums->held += session->held_version != 0;
    sums->in_rooms += session->room != NULL;
    sums->by_shard[session->record.shard]++;
    *(session->record.is_publisher ? &sums->streams : &sums->routes) += session->record.section_count;
    if (control_shard.by_transport[session->record.transport.index] != session)
        broken("session %s is not found by its transport", session->record.id);
}

static void check_sums(const struct sums *sums)
{
    const struct control *control = &control_shard;
    const struct tables_limits *limits = &control->tables.limits;
    const struct intents *intents = &control->intents;
    unsigned live = sums->sessions - sums->failed;
    if (sums->sessions != control->session_count || sums->setups != control->setup_count ||
        sums->held != control->held_count || sums->failed != control->failed_count)
        broken("sessions: %u %u %u %u, counted %u %u %u %u", sums->sessions, sums->setups, sums->held, sums->failed,
               control->session_count, control->setup_count, control->held_count, control->failed_count);
    if (sums->in_rooms != live)
        broken("%u sessions, of which %u are in rooms", live, sums->in_rooms);
    if (adopted + control->created != control->closed + control->failed + live)
        broken("%lu adopted + %lu created, but %lu closed + %lu failed + %u live", (unsigned long)adopted,
               (unsigned long)control->created, (unsigned long)control->closed, (unsigned long)control->failed, live);
    if (intents->transports.count + live + intents->departing != limits->transports)
        broken("transports: %u free + %u live + %u departing", intents->transports.count, live, intents->departing);
    for (unsigned shard = 0; shard < SHARDS; shard++)
        if (sums->by_shard[shard] != control->placement.sessions[shard])
            broken("shard %u has %u sessions and counts %u", shard, sums->by_shard[shard],
                   control->placement.sessions[shard]);
    if (!intents->departing && !intents->orphans &&
        (intents->streams.count + sums->streams != limits->streams ||
         intents->routes.count + sums->routes != limits->routes))
        broken("streams: %u free + %u, routes: %u free + %u", intents->streams.count, sums->streams,
               intents->routes.count, sums->routes);
}

void rules_check_control(void)
{
    struct sums sums = {0};
    const struct session *session;
    const struct room *room;
    TAILQ_FOREACH(session, &control_shard.all, all)
    add(session, &sums);
    TAILQ_FOREACH(room, &control_shard.rooms.all, all)
    check_room(room);
    check_sums(&sums);
}

void rules_check_empty(void)
{
    const struct intents *intents = &control_shard.intents;
    struct journal_session session;
    rules_check_control();
    if (control_shard.session_count || control_shard.rooms.count || intents->departing || intents->orphans)
        broken("%u sessions, %u rooms, %u departures are left", control_shard.session_count, control_shard.rooms.count,
               intents->departing);
    for (uint32_t i = 0; i < control_shard.tables.limits.transports; i++) {
        struct transport_intent intent;
        if (journal_read_session(&control_shard.journal, i, &session))
            broken("session %s is left in the journal", session.id);
        if (record_read(&tables_transport(&control_shard.tables, i)->head, &intent, sizeof(intent)) &&
            intent.generation)
            broken("transport %u is left in the tables", i);
    }
    dataplane_check_balance();
}

void rules_check_luck(void)
{
    unsigned unlucky = 0, connected = 0;
    for (unsigned i = 0; i < peers.count; i++) {
        unlucky += peers.list[i].is_unlucky;
        connected += peers.list[i].is_known_connected;
        if (peers.list[i].state != PEER_IS_GONE)
            broken("peer %u has come to no end: state %d", i, peers.list[i].state);
    }
    if (unlucky > 2 + connected / 50)
        broken("%u peers were not set up in time, beside %u that were", unlucky, connected);
}
