// SPDX-License-Identifier: Apache-2.0
// Peer connections: opened into a room, asked, watched, adopted.
#include "peer_channel_parts.h"

#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define UNUSED_TIME (60 * CONTROL_SECOND) // of one that has negotiated nothing, and whose events nobody reads

static int place(struct control *control, struct gateway_request *request, uint32_t *ret_shard)
{
    enum gateway_refusal why;
    const struct room *room = rooms_find(&control->rooms, request->room);
    if (room) {
        *ret_shard = subscribe_place(control, room);
        return admit_to_room(room, request) || admit_to_shard(control, request, *ret_shard) ? -EBUSY : 0;
    }
    if (!placement_pick(control, ret_shard, &why))
        return 0;
    refuse_for_now(request, why, why == REFUSED_WORKER_LOAD ? 5 : 10, "%s",
                   why == REFUSED_WORKER_LOAD ? "every worker is as busy as it may be (limits.worker-load)"
                                              : "every shard is being drained");
    return -EBUSY;
}

static void fill(struct control *control, const struct gateway_request *request, uint32_t shard, uint64_t now,
                 struct session *session)
{
    struct journal_session *record = &session->record;
    struct journal_peer *peer = &session->peer->record;
    record->is_peer = true;
    record->shard = shard;
    record->created_at = now;
    memcpy(record->source, request->source, sizeof(record->source));
    random_hex(control->system->random, record->id, GATEWAY_ID_SIZE - 1);
    peer->generation = record->transport.generation;
    peer->is_polite = request->peer.is_polite;
    peer->subscribes = request->peer.subscribes;
    peer->may_publish = request->peer.may_publish;
    peer->may_use_data = request->peer.may_use_data;
    control->system->random(&peer->session_id, sizeof(peer->session_id));
    peer->session_id >>= 2;
    random_hex(control->system->random, peer->cname, 16);
    ice_credentials_make(control->system->random, &session->peer->local);
    session->peer->used_at = now;
}

static int make(struct control *control, struct gateway_request *request, struct session **ret_session)
{
    struct session *session = session_new();
    if (!session || !(session->peer = peer_new())) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
    } else if (intents_new_transport(&control->intents, &session->record.transport)) {
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all sessions are taken (limits.transports)");
    } else {
        *ret_session = session;
        return 0;
    }
    if (session)
        session_free(session);
    return -ENOSPC;
}

static int enter_room(struct control *control, struct gateway_request *request, struct session *session, uint64_t now)
{
    struct room *room = rooms_find(&control->rooms, request->room);
    if (!room && rooms_add(&control->rooms, request->room, session->record.shard, 0, now, &room)) {
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all %u rooms are taken (limits.rooms)", control->rooms.limit);
        return -ENOSPC;
    }
    session->record.room = room->number;
    snprintf(session->record.room_name, sizeof(session->record.room_name), "%s", room->name);
    room_enter(room, session);
    return 0;
}

void peer_open(struct control *control, struct gateway_request *request, uint64_t now)
{
    uint32_t shard;
    struct session *session;
    if (!room_name_is_valid(request->room)) {
        refuse(request, GATEWAY_BAD_ROOM, 0, "a room's name is 1 to 64 of A-Z a-z 0-9 . _ -");
        return;
    }
    if (admit(control, request, now) || place(control, request, &shard) || admit_at_this_rate(control, request, now) ||
        make(control, request, &session))
        return;
    fill(control, request, shard, now, session);
    if (enter_room(control, request, session, now)) {
        intents_cancel(&control->intents.transports, session->record.transport);
        session_free(session);
        return;
    }
    session_list_in(control, session);
    snprintf(request->id, sizeof(request->id), "%s", session->record.id);
    log_info("session %s: peer of room %s, shard %u", session->record.id, session->record.room_name, shard);
    peer_follow_room(control, session, now);
}

static struct session *find(struct control *control, struct gateway_request *request, uint64_t now)
{
    struct session *session = session_find(control, request->id);
    if (!session_is_meant(session, request) || !session_is_live(session)) {
        refuse(request, GATEWAY_NO_SESSION, 0, "there is no such peer");
        return NULL;
    }
    session->peer->used_at = now;
    return session;
}

void peer_request(struct control *control, struct gateway_request *request, uint64_t now)
{
    struct session *session = find(control, request, now);
    if (!session)
        return;
    switch (request->operation) {
    case GATEWAY_PEER_CREATE:
        peer_create(control, session, request);
        break;
    case GATEWAY_PEER_SET_LOCAL:
        peer_set_local(control, session, request, now);
        break;
    case GATEWAY_PEER_SET_REMOTE:
        peer_set_remote(control, session, request, now);
        break;
    case GATEWAY_PEER_CANDIDATE:
        peer_add_candidate(control, session, request, now);
        break;
    case GATEWAY_PEER_RESTART_ICE:
        peer_restart_ice(control, session);
        break;
    case GATEWAY_PEER_ADD:
        peer_add_transceiver(control, session, request);
        break;
    case GATEWAY_PEER_CHANGE:
        peer_change(control, session, request);
        break;
    case GATEWAY_PEER_ADD_TRACK:
        peer_add_track(control, session, request);
        break;
    case GATEWAY_PEER_REMOVE_TRACK:
        peer_remove_track(control, session, request);
        break;
    case GATEWAY_CHANNEL_CREATE:
    case GATEWAY_CHANNEL_LIST:
    case GATEWAY_CHANNEL_SEND:
    case GATEWAY_CHANNEL_CHANGE:
    case GATEWAY_CHANNEL_CLOSE:
        peer_channel_request(control, session, request, now);
        break;
    default:
        peer_look(control, session, request);
        break;
    }
}

void peer_watch(struct control *control, struct session *session, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    peer_settle(control, session);
    peer_tell_state(control, session);
    peer_watch_quality(control, session, now);
    peer_channels_watch(control, session, now);
    if (!peer->is_published && now - peer->used_at >= UNUSED_TIME)
        session_end(control, session, SESSION_CLOSED, "nothing was negotiated in time", now);
}

void peer_adopted(struct control *control, struct session *session, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    struct transport_intent intent;
    peer->is_published = true;
    peer->told_state = SESSION_CONNECTED;
    peer->used_at = now;
    if (intents_read_transport(&control->intents, session->record.transport, &intent)) {
        memcpy(peer->local.ufrag, intent.local_ufrag, sizeof(peer->local.ufrag));
        memcpy(peer->local.pwd, intent.local_pwd, sizeof(peer->local.pwd));
        memcpy(peer->remote_ufrag, intent.remote_ufrag, sizeof(peer->remote_ufrag));
        peer->remote_is_lite = control->config->ice.lite && intent.mode == TRANSPORT_ICE_FULL;
    }
    explicit_bzero(&intent, sizeof(intent));
    peer_publish(control, session, NULL); // killed in between, they say what the journal does not
}
