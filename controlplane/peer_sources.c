// SPDX-License-Identifier: Apache-2.0
// What a room has to send, and to which members: each sender follows its source, a member that wants all gets a
// transceiver for each that it has none for.
#include "peer_parts.h"

#include "formats.h"

#include <stdio.h>
#include <string.h>

static unsigned sources_of_publisher(const struct session *session, struct room_source *ret_sources, unsigned size)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < session->record.section_count && count < size; i++) {
        const struct journal_section *section = &session->record.sections[i];
        ret_sources[count++] = (struct room_source){.session = session,
                                                    .stream = section->link,
                                                    .kind = (enum media_kind)section->kind,
                                                    .codec = (enum sdp_codec)section->codec,
                                                    .payload_type = section->payload_type,
                                                    .clock_rate = section->clock_rate,
                                                    .fmtp = section->fmtp,
                                                    .mid = section->mid};
    }
    return count;
}

static unsigned sources_of_member(const struct session *session, struct room_source *ret_sources, unsigned size)
{
    unsigned count = 0;
    for (unsigned i = 0; i < session->peer->record.transceiver_count && count < size; i++) {
        const struct journal_transceiver *transceiver = &session->peer->record.transceivers[i];
        if (transceiver->serial && transceivers_receives(transceiver))
            ret_sources[count++] = (struct room_source){.session = session,
                                                        .stream = transceiver->stream,
                                                        .kind = (enum media_kind)transceiver->kind,
                                                        .codec = (enum sdp_codec)transceiver->codec,
                                                        .payload_type = transceiver->payload_type,
                                                        .clock_rate = transceiver->clock_rate,
                                                        .fmtp = transceiver->fmtp,
                                                        .mid = transceiver->mid};
    }
    return count;
}

unsigned room_sources(const struct room *room, const struct session *except, struct room_source *ret_sources,
                      unsigned size)
{
    unsigned count = 0;
    const struct session *member;
    if (room->publisher)
        count = sources_of_publisher(room->publisher, ret_sources, size);
    TAILQ_FOREACH(member, &room->members, viewers)
    if (member != except)
        count += sources_of_member(member, ret_sources + count, size - count);
    return count;
}

static bool is_source(const struct journal_transceiver *transceiver, const struct room_source *source)
{
    return transceiver->source.index == source->stream.index &&
           transceiver->source.generation == source->stream.generation && transceiver->source_codec == source->codec &&
           transceiver->source_payload_type == source->payload_type;
}

static bool is_there(const struct journal_transceiver *transceiver, const struct room_source *sources, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (is_source(transceiver, &sources[i]))
            return true;
    return false;
}

static bool is_sent(const struct journal_peer *peer, const struct room_source *source)
{
    for (unsigned i = 0; i < peer->transceiver_count; i++)
        if (peer->transceivers[i].serial && (!peer->transceivers[i].is_stopping || peer->transceivers[i].is_declined) &&
            is_source(&peer->transceivers[i], source))
            return true;
    return false;
}

void peer_issue_ssrcs(struct control *control, struct journal_transceiver *transceiver)
{
    transceiver->out_ssrc = tables_issue_ssrc(&control->tables);
    transceiver->out_rtx_ssrc = transceiver->kind == MEDIA_VIDEO ? tables_issue_ssrc(&control->tables) : 0;
}

void peer_set_source(struct control *control, struct journal_transceiver *transceiver, const struct room_source *source)
{
    transceiver->source = source->stream;
    transceiver->source_codec = (uint8_t)source->codec;
    transceiver->source_payload_type = source->payload_type;
    peer_issue_ssrcs(control, transceiver);
    session_public_name(source->session, transceiver->source_session);
    snprintf(transceiver->source_mid, sizeof(transceiver->source_mid), "%s", source->mid);
    snprintf(transceiver->source_fmtp, sizeof(transceiver->source_fmtp), "%s", source->fmtp);
}

struct journal_transceiver *peer_add_source(struct control *control, struct peer_connection *peer,
                                            const struct room_source *source)
{
    struct journal_transceiver *transceiver = transceivers_add(&peer->record, source->kind);
    if (!transceiver)
        return NULL;
    transceiver->is_added = true;
    transceiver->receives = peer->record.may_publish; // W3C WebRTC 5.1, addTrack: sendrecv
    transceiver->clock_rate = source->clock_rate;
    peer_set_source(control, transceiver, source);
    return transceiver;
}

// False when it has to be tried again: the worker has not let go of too much else.
static bool lose_source(struct peer_connection *peer, struct journal_transceiver *transceiver)
{
    if (!peer_retire(peer, true, &transceiver->route))
        return false;
    transceiver->source = (struct record_link){0};
    transceiver->ways &= ~WAY_SEND;
    if (!transceiver->is_added)
        return true;
    // One that stands in an offer of this side may come to life with its answer.
    if (transceiver->line == JOURNAL_NO_TRANSCEIVER && !peer->sent)
        transceivers_remove(transceiver);
    else
        transceiver->is_stopping = true;
    return true;
}

static bool lose_sources(struct peer_connection *peer, const struct room_source *sources, unsigned count)
{
    bool is_any_lost = false;
    for (unsigned i = 0; i < peer->record.transceiver_count; i++) {
        struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        if (transceiver->serial && transceiver->source.generation && !is_there(transceiver, sources, count))
            is_any_lost |= lose_source(peer, transceiver);
    }
    return is_any_lost;
}

static void forget_stopped(struct peer_connection *peer)
{
    for (unsigned i = 0; !peer->sent && i < peer->record.transceiver_count; i++) {
        struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        bool is_needed = transceiver->is_declined && transceiver->source.generation;
        if (transceiver->serial && transceiver->is_stopping && transceiver->line == JOURNAL_NO_TRANSCEIVER &&
            !is_needed)
            transceivers_remove(transceiver);
    }
}

static void add_sources(struct control *control, struct peer_connection *peer, const struct room_source *sources,
                        unsigned count)
{
    for (unsigned i = 0; peer->record.subscribes && i < count; i++)
        if (!is_sent(&peer->record, &sources[i]) && formats_suit(&peer->record, sources[i].codec, sources[i].fmtp))
            (void)peer_add_source(control, peer, &sources[i]);
}

void peer_look_at_negotiation(struct control *control, struct session *session)
{
    struct peer_connection *peer = session->peer;
    struct gateway_event event = {.kind = PEER_NEGOTIATION_NEEDED};
    bool is_ice = peer->has_next_local && peer->is_published && peer->state == JSEP_STABLE;
    bool is_needed = is_ice || transceivers_need_negotiation(&peer->record);
    if (peer->state != JSEP_STABLE)
        return;
    if (is_needed && !peer->needs_negotiation)
        peer_emit(control, session, &event);
    peer->needs_negotiation = is_needed;
}

void peer_follow_room(struct control *control, struct session *session, uint64_t now)
{
    struct room_source sources[ROOM_SOURCES_MAX];
    unsigned count = session->room ? room_sources(session->room, session, sources, ROOM_SOURCES_MAX) : 0;
    if (!session_is_live(session))
        return;
    bool is_any_lost = lose_sources(session->peer, sources, count);
    forget_stopped(session->peer);
    add_sources(control, session->peer, sources, count);
    if (is_any_lost) {
        peer_publish(control, session, NULL);
        peer_save(control, session);
    }
    peer_look_at_negotiation(control, session);
}

void room_changed(struct control *control, struct room *room, uint64_t now)
{
    struct session *member;
    TAILQ_FOREACH(member, &room->members, viewers)
    peer_follow_room(control, member, now);
}
