// SPDX-License-Identifier: Apache-2.0
// Data channels of a peer connection: what descriptions agree on, and what channels tell, as events.
#include "peer_channel_parts.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY_READS UINT64_MAX

bool peer_may_use_data(const struct control *control, const struct peer_connection *peer)
{
    return peer->record.may_use_data && control->data_link.fd >= 0;
}

static void emit(struct control *control, struct session *session, enum gateway_event_kind kind,
                 const struct data_channel_view *view, const struct data_channel_event *told, bool is_owed)
{
    bool is_message = kind == PEER_CHANNEL_MESSAGE;
    struct gateway_event event = {.kind = kind,
                                  .channel = {.number = view->number,
                                              .id = view->id,
                                              .max_packet_life_time = view->max_packet_life_time,
                                              .max_retransmits = view->max_retransmits,
                                              .ordered = view->ordered,
                                              .negotiated = view->negotiated,
                                              .is_text = told->is_text,
                                              .priority = view->priority,
                                              .label = view->label,
                                              .protocol = view->protocol,
                                              .cause = told->reason,
                                              .data = is_message ? told->data : NULL,
                                              .size = is_message ? told->size : 0,
                                              .lost = told->kind == DATA_CHANNEL_MESSAGES_LOST ? told->size : 0}};
    peer_emit_channel(control, session, &event, is_owed);
}

// Who holds the sender up: those in the room that cannot take it; else whoever reads its events; else nobody.
static void message(struct control *control, struct session *session, const struct data_channel_view *view,
                    const struct data_channel_event *event)
{
    uint64_t now = event->now;
    enum bridge_verdict verdict = peer_bridge_message(control, session, view, event, now);
    bool is_read = peer_has_reader(session, now), is_owed = is_read && verdict == BRIDGE_NONE;
    if (is_read || verdict == BRIDGE_NONE)
        emit(control, session, PEER_CHANNEL_MESSAGE, view, event, is_owed);
    if (!is_owed && verdict != BRIDGE_HOLDS)
        data_channels_consume(session->channels->channels, event->size);
}

static void opened(struct control *control, struct session *session, const struct data_channel_view *view,
                   const struct data_channel_event *event)
{
    struct journal_peer *record = &session->peer->record;
    session->peer->channels_opened++;
    if (record->last_channel < view->number)
        record->last_channel = view->number;
    peer_save(control, session);
    peer_channels_save(control, session);
    if (event->kind == DATA_CHANNEL_ANNOUNCED)
        emit(control, session, PEER_DATA_CHANNEL, view, event, false);
    emit(control, session, PEER_CHANNEL_OPEN, view, event, false);
    peer_bridge_opened(control, session, view, event->now);
}

static void ended(struct control *control, struct session *session, const struct data_channel_view *view,
                  const struct data_channel_event *event)
{
    session->peer->channels_closed++;
    peer_channels_save(control, session);
    if (event->reason && event->reason != peer_bridge_left)
        emit(control, session, PEER_CHANNEL_ERROR, view, event, false);
    emit(control, session, PEER_CHANNEL_CLOSE, view, event, false);
    peer_bridge_ended(session, view, event->reason, event->now);
}

// Of the association, all channels of which were told as closed before.
static void lost(struct control *control, struct session *session, const struct data_channel_event *event)
{
    const struct data_channel_view none = {.id = -1, .max_packet_life_time = -1, .max_retransmits = -1};
    log_info("session %s: its data channels ended: %s", session->record.id, event->reason);
    emit(control, session, PEER_CHANNEL_ERROR, &none, event, false);
}

static void tell(void *context, const struct data_channel_event *event)
{
    struct session *session = context;
    struct control *control = session->channels->control;
    struct data_channel_view view = {0};
    if (event->number && data_channels_look(session->channels->channels, event->number, &view))
        return;
    switch (event->kind) {
    case DATA_ASSOCIATION_UP:
        peer_channels_save(control, session);
        peer_bridge_up(session, event->now);
        break;
    case DATA_ASSOCIATION_RESTARTS:
        break;
    case DATA_ASSOCIATION_LOST:
        peer_bridge_down(control, session);
        lost(control, session, event);
        break;
    case DATA_CHANNEL_ANNOUNCED:
    case DATA_CHANNEL_OPENED:
        opened(control, session, &view, event);
        break;
    case DATA_CHANNEL_ANSWERED:
        peer_channels_save(control, session);
        break;
    case DATA_CHANNEL_ADOPTED:
        emit(control, session, PEER_CHANNEL_ERROR, &view, event, false);
        break;
    case DATA_CHANNEL_MESSAGE:
        message(control, session, &view, event);
        break;
    case DATA_CHANNEL_LOW:
        peer_bridge_go_on(control, session, event->now);
        break;
    case DATA_CHANNEL_BUFFERED_LOW:
        emit(control, session, PEER_CHANNEL_LOW, &view, event, false);
        break;
    case DATA_CHANNEL_MESSAGES_LOST:
        emit(control, session, PEER_CHANNEL_ERROR, &view, event, false);
        break;
    case DATA_CHANNEL_CLOSES:
        emit(control, session, PEER_CHANNEL_CLOSING, &view, event, false);
        peer_channels_save(control, session);
        break;
    case DATA_CHANNEL_ENDED:
        ended(control, session, &view, event);
        break;
    }
}

static void release(void *context, size_t size)
{
    const struct session *session = context;
    if (session->channels)
        data_channels_consume(session->channels->channels, size);
}

int peer_channels_open(struct control *control, struct session *session)
{
    session->peer->channel_events.release = release;
    session->peer->channel_events.context = session;
    return session->channels
               ? 0
               : session_channels_open(control, session, session->peer->record.last_channel, tell, session);
}

int peer_channels_prepare(struct control *control, struct session *session, struct gateway_request *request)
{
    int error = peer_channels_open(control, session);
    if (error == -ENOTSUP)
        refuse_for_now(request, REFUSED_NOT_READY, 5, "there are no data channels: naru-sctp does not run");
    else if (error)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
    return error;
}

static const struct sdp_section *find_section(const struct sdp_answer *answer, bool *ret_is_there)
{
    *ret_is_there = false;
    for (unsigned i = 0; i < answer->section_count; i++) {
        *ret_is_there |= answer->sections[i].kind == SDP_APPLICATION;
        if (answer->sections[i].kind == SDP_APPLICATION && answer->sections[i].verdict == SDP_ACCEPTED)
            return &answer->sections[i];
    }
    return NULL;
}

void peer_channels_settle(struct control *control, struct session *session, const struct sdp_answer *answer,
                          bool is_offerer, uint64_t now)
{
    struct journal_peer *record = &session->peer->record;
    bool is_there;
    const struct sdp_section *section = find_section(answer, &is_there);
    if (section) {
        uint64_t most = section->max_message_size;
        record->data = JOURNAL_DATA_AGREED;
        record->sctp_port = section->sctp_port;
        record->max_message = most < UINT32_MAX ? (uint32_t)most : 0;
        session_channels_agree(control, session, record->sctp_port, record->max_message, now);
    } else if (is_there &&
               (record->data == JOURNAL_DATA_AGREED || (record->data == JOURNAL_DATA_WANTED && is_offerer))) {
        record->data = JOURNAL_DATA_REFUSED;
        if (session->channels)
            data_channels_lose(session->channels->channels, "the peer rejected m=application", now);
        peer_bridge_leave(control, session, now);
        session_channels_retract(control, session);
    }
}

void peer_channels_renew(struct control *control, struct session *session, uint64_t now)
{
    const struct journal_peer *record = &session->peer->record;
    if (!session->channels || !session->channels->is_agreed)
        return;
    data_channels_lose(session->channels->channels, "another DTLS association has begun", now);
    peer_bridge_leave(control, session, now);
    session_channels_close(control, session);
    session->peer->bridge.settles_at = 0;
    session->peer->bridge.is_settled = false;
    if (!peer_channels_open(control, session))
        session_channels_agree(control, session, record->sctp_port, record->max_message, now);
}

void peer_channels_close(struct control *control, struct session *session, uint64_t now)
{
    if (session->peer)
        peer_bridge_leave(control, session, now);
    session_channels_close(control, session);
}

void peer_channels_watch(struct control *control, struct session *session, uint64_t now)
{
    if (!session->channels)
        return;
    if (!peer_has_reader(session, now))
        event_store_release(&session->peer->channel_events, NOBODY_READS);
    peer_bridge_watch(control, session, now);
}
