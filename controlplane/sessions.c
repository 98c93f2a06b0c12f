// SPDX-License-Identifier: Apache-2.0
// The gateway's sessions: found, listed, saved, ended.
#include "control_parts.h"

#include "connectivity.h"
#include "log.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct session *session_find(const struct control *control, const char *id)
{
    struct directory_entry *entry = directory_find(&control->sessions, id);
    return entry ? (struct session *)((char *)entry - offsetof(struct session, by_id)) : NULL;
}

struct session *session_of_transport(const struct control *control, uint32_t index, uint32_t generation)
{
    struct session *session = index < control->tables.limits.transports ? control->by_transport[index] : NULL;
    return session && session->record.transport.generation == generation ? session : NULL;
}

void session_resume_setup(struct control *control, struct session *session)
{
    if (session->is_setting_up)
        return;
    TAILQ_INSERT_TAIL(&control->setup, session, setup);
    session->is_setting_up = true;
    control->setup_count++;
}

void session_begin_setup(struct control *control, struct session *session)
{
    session_resume_setup(control, session);
    session->is_expected = true;
    placement_count(control, session->record.shard, 0, 1);
}

void session_list_in(struct control *control, struct session *session)
{
    session->by_id.name = session->record.id;
    directory_add(&control->sessions, &session->by_id);
    TAILQ_INSERT_TAIL(&control->all, session, all);
    control->session_count++;
    control->by_transport[session->record.transport.index] = session;
    placement_count(control, session->record.shard, 1, 0);
    session->setup_at = session->record.created_at;
    if (session->state < SESSION_CONNECTED && !session->record.is_peer) // a peer's comes with its first description
        session_begin_setup(control, session);
}

void session_save(struct control *control, struct session *session)
{
    journal_write_session(&control->journal, &session->record);
}

static bool expect_no_longer(struct control *control, struct session *session)
{
    bool was_expected = session->is_expected;
    if (was_expected)
        placement_count(control, session->record.shard, 0, -1);
    session->is_expected = false;
    return was_expected;
}

void session_doubt(struct control *control, struct session *session)
{
    if (expect_no_longer(control, session))
        placement_learn(control, false);
}

void session_set_up(struct control *control, struct session *session)
{
    bool came_up = session->record.has_keys;
    if (!session->is_setting_up)
        return;
    if (expect_no_longer(control, session) || came_up)
        placement_learn(control, came_up);
    TAILQ_REMOVE(&control->setup, session, setup);
    session->is_setting_up = false;
    control->setup_count--;
}

static void forget(struct control *control, struct session *session)
{
    directory_remove(&control->sessions, &session->by_id);
    TAILQ_REMOVE(&control->all, session, all);
    control->session_count--;
    session_free(session);
}

static void release_hold(struct control *control, struct session *session)
{
    if (session->held_version)
        control->held_count--;
    session->held_version = 0;
}

// A last word, if there is one to say; what was held back is not said any more.
static bool say_farewell(struct control *control, struct session *session, enum ring_kind *ret_ring)
{
    bool established = session->record.has_keys;
    *ret_ring = established ? RING_INJECT_ESTABLISHED : RING_INJECT_HANDSHAKE;
    if (session->held_version)
        return false;
    if (session->record.records.cipher)
        return records_close(control, session);
    if (!session->association)
        return false;
    association_shut_down(session->association);
    return handshake_flush(control, session, established);
}

static void leave_tables(struct control *control, struct session *session, uint64_t now)
{
    struct departure departure = {.transport = session->record.transport,
                                  .shard = session->record.shard,
                                  .links_are_routes = !session->record.is_publisher,
                                  .link_count = session->record.section_count};
    for (uint32_t i = 0; i < departure.link_count; i++)
        departure.links[i] = session->record.sections[i].link;
    if (session->peer)
        peer_depart(session, &departure);
    departure.has_farewell = say_farewell(control, session, &departure.farewell_ring);
    release_hold(control, session);
    journal_erase_session(&control->journal, session->record.transport.index);
    if (session->peer)
        journal_erase_peer(&control->journal, session->record.transport.index);
    departures_add(&control->intents, &departure, now);
    placement_count(control, session->record.shard, -1, 0);
    control->by_transport[session->record.transport.index] = NULL;
}

static void leave_room(struct control *control, struct session *session, uint64_t now)
{
    struct room *room = session->room;
    if (!room)
        return;
    room_leave(session);
    struct session *viewer;
    if (session->record.is_publisher)
        while ((viewer = TAILQ_FIRST(&room->viewers)))
            session_end(control, viewer, SESSION_CLOSED, "the publisher left", now);
    bool is_source = session->record.is_publisher || session->record.is_peer;
    // The last viewer's end, inside the loop above, must not free the room under its publisher's feet.
    if (room_is_empty(room) && is_source)
        rooms_remove(&control->rooms, room);
    else if (is_source && !control->is_stopping)
        room_changed(control, room, now);
}

void session_end(struct control *control, struct session *session, enum gateway_session_state state, const char *reason,
                 uint64_t now)
{
    if (!session_is_live(session)) { // failed before, and now closed
        control->failed_count--;
        forget(control, session);
        return;
    }
    if (state == SESSION_FAILED)
        log_warning("session %s failed: %s", session->record.id, reason);
    else
        log_info("session %s ended: %s", session->record.id, reason);
    session_set_up(control, session);
    peer_channels_close(control, session, now);
    connectivity_end(control, session);
    leave_tables(control, session, now);
    session_move(session, state);
    if (session->peer)
        peer_say_goodbye(control, session);
    leave_room(control, session, now);
    if (state != SESSION_FAILED) {
        control->closed++;
        farewells_add(&control->farewells, session->record.id, session->record.is_publisher, now);
        forget(control, session);
        return;
    }
    control->failed++;
    control->failed_count++;
    session->failed_at = now;
    snprintf(session->reason, sizeof(session->reason), "%s", reason);
    association_close(session->association);
    session->association = NULL;
    session_forget_failed(control, now);
}

void session_forget_failed(struct control *control, uint64_t now)
{
    struct session *session, *next;
    for (session = TAILQ_FIRST(&control->all); session && control->failed_count; session = next) {
        next = TAILQ_NEXT(session, all);
        if (session_is_live(session))
            continue;
        if (control->failed_count > CONTROL_FAILED_MAX || now - session->failed_at >= CONTROL_FAILED_TIME) {
            control->failed_count--;
            forget(control, session);
        }
    }
}
