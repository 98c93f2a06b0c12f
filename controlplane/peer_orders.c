// SPDX-License-Identifier: Apache-2.0
// addTransceiver, addTrack, removeTrack, and what can be set of a transceiver. All but a pause take effect with the
// next negotiation.
#include "peer_codecs.h"

#include <stdio.h>
#include <string.h>

// ROOM/PEER/MID, where PEER is the session's name for all, or its id for who knows it.
static bool is_named(const struct room_source *source, const char *room, const char *text)
{
    char name[GATEWAY_ID_SIZE], by_name[sizeof(((struct gateway_peer_ask *)0)->source)], by_id[sizeof(by_name)];
    session_public_name(source->session, name);
    snprintf(by_name, sizeof(by_name), "%s/%s/%s", room, name, source->mid);
    snprintf(by_id, sizeof(by_id), "%s/%s/%s", room, source->session->record.id, source->mid);
    return strcmp(by_name, text) == 0 || strcmp(by_id, text) == 0;
}

static bool find_source(const struct session *session, const char *text, struct room_source *ret_source)
{
    struct room_source sources[ROOM_SOURCES_MAX];
    unsigned count = session->room ? room_sources(session->room, session, sources, ROOM_SOURCES_MAX) : 0;
    for (unsigned i = 0; i < count; i++) {
        if (!is_named(&sources[i], session->room->name, text))
            continue;
        *ret_source = sources[i];
        return true;
    }
    return false;
}

static struct journal_transceiver *find_sender(struct journal_peer *peer, const struct record_link *source)
{
    for (unsigned i = 0; i < peer->transceiver_count; i++)
        if (peer->transceivers[i].serial && !peer->transceivers[i].is_stopping &&
            peer->transceivers[i].source.generation == source->generation &&
            peer->transceivers[i].source.index == source->index)
            return &peer->transceivers[i];
    return NULL;
}

void peer_add_track(struct control *control, struct session *session, struct gateway_request *request)
{
    struct room_source source;
    struct peer_connection *peer = session->peer;
    if (!find_source(session, request->peer.source, &source)) {
        refuse(request, GATEWAY_NO_PART, 0, "nobody else in the room sends %s (ROOM/PEER/MID)", request->peer.source);
        return;
    }
    struct journal_transceiver *transceiver = find_sender(&peer->record, &source.stream);
    if (transceiver && !transceiver->is_withheld) {
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "%s is sent already", request->peer.source);
        return;
    }
    if (transceiver)
        transceiver->is_withheld = false;
    else
        transceiver = peer_add_source(control, peer, &source);
    if (!transceiver) {
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "the peer's %d transceivers are taken", JOURNAL_TRANSCEIVERS);
        return;
    }
    peer_track_id(transceiver->source_session, transceiver->source_mid, request->peer.track);
    peer_save(control, session);
    peer_look_at_negotiation(control, session);
}

void peer_remove_track(struct control *control, struct session *session, struct gateway_request *request)
{
    struct journal_peer *peer = &session->peer->record;
    for (unsigned i = 0; i < peer->transceiver_count; i++) {
        struct journal_transceiver *transceiver = &peer->transceivers[i];
        char track[JOURNAL_TRACK_SIZE];
        if (!transceiver->serial || !transceiver->source.generation || transceiver->is_withheld ||
            transceiver->is_stopping)
            continue;
        peer_track_id(transceiver->source_session, transceiver->source_mid, track);
        if (strcmp(track, request->peer.track))
            continue;
        transceiver->is_withheld = true;
        peer_save(control, session);
        peer_look_at_negotiation(control, session);
        return;
    }
    refuse(request, GATEWAY_NO_PART, 0, "no track of that id is sent to the peer");
}

void peer_add_transceiver(struct control *control, struct session *session, struct gateway_request *request)
{
    struct journal_peer *peer = &session->peer->record;
    struct journal_transceiver *transceiver = NULL;
    if (!(request->peer.ways & GATEWAY_RECEIVES) || request->peer.ways & GATEWAY_SENDS)
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "a transceiver without a track is recvonly; POST /tracks for one");
    else if (!peer->may_publish)
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "the peer may not publish");
    else if (!(transceiver = transceivers_add(peer, request->peer.is_video ? MEDIA_VIDEO : MEDIA_AUDIO)))
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "the peer's %d transceivers are taken", JOURNAL_TRANSCEIVERS);
    if (!transceiver)
        return;
    transceiver->receives = true;
    peer_look(control, session, request);
    peer_look_at_negotiation(control, session);
}

// What is not sent any more is not offered by itself again.
static void change_source(struct control *control, struct journal_peer *peer, struct journal_transceiver *transceiver,
                          const struct room_source *source)
{
    const struct journal_transceiver before = *transceiver;
    bool has_sent = transceiver->route.generation;
    transceiver->is_withheld |= !before.source.generation;
    peer_set_source(control, transceiver, source);
    if (has_sent) { // the receiver knows these
        transceiver->out_ssrc = before.out_ssrc;
        transceiver->out_rtx_ssrc = before.out_rtx_ssrc;
    }
    transceivers_forgo(peer, &before);
}

// Without a negotiation: it has to be what was agreed on.
static int replace_track(struct control *control, struct session *session, struct journal_transceiver *transceiver,
                         struct gateway_request *request)
{
    struct room_source source;
    const char *name = request->peer.source;
    if (*name && !find_source(session, name, &source))
        refuse(request, GATEWAY_NO_PART, 0, "nobody else in the room sends %s (ROOM/PEER/MID)", name);
    else if (*name && source.kind != transceiver->kind)
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "TypeError: %s is not of the transceiver's kind", name);
    else if (*name && transceiver->codec &&
             (source.codec != transceiver->codec || !sdp_fmtp_compatible(source.codec, source.fmtp, transceiver->fmtp)))
        refuse(request, GATEWAY_INVALID_MODIFICATION, 0, "%s is %s %s, and %s %s was agreed on", name,
               sdp_codec_name(source.codec), source.fmtp, sdp_codec_name((enum sdp_codec)transceiver->codec),
               transceiver->fmtp);
    else {
        bool is_other = *name && (source.stream.index != transceiver->source.index ||
                                  source.stream.generation != transceiver->source.generation);
        transceiver->has_no_track = !*name;
        if (is_other)
            change_source(control, &session->peer->record, transceiver, &source);
        peer_publish(control, session, NULL);
        return 0;
    }
    return -1;
}

static int set_ways(const struct session *session, struct journal_transceiver *transceiver,
                    struct gateway_request *request)
{
    unsigned wanted = request->peer.ways;
    if (wanted & GATEWAY_SENDS && !transceiver->source.generation)
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "there is no track to send; POST /tracks adds one");
    else if (wanted & GATEWAY_RECEIVES && !session->peer->record.may_publish)
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "the peer may not publish");
    else {
        transceiver->receives = wanted & GATEWAY_RECEIVES;
        transceiver->refuses = !transceiver->receives;
        transceiver->is_withheld = transceiver->source.generation && !(wanted & GATEWAY_SENDS);
        return 0;
    }
    return -1;
}

void peer_change(struct control *control, struct session *session, struct gateway_request *request)
{
    const struct gateway_peer_ask *ask = &request->peer;
    struct journal_transceiver *transceiver = transceivers_find(&session->peer->record, ask->mid);
    if (!transceiver) {
        refuse(request, GATEWAY_NO_PART, 0, "no transceiver has the mid %s", ask->mid);
        return;
    }
    if (transceiver->is_stopping) {
        refuse(request, GATEWAY_INVALID_STATE, 0, "the transceiver is stopped");
        return;
    }
    const struct journal_transceiver before = *transceiver;
    if ((ask->sets_ways && set_ways(session, transceiver, request)) ||
        (ask->sets_preferences && peer_prefer(transceiver, request)) ||
        (ask->sets_track && replace_track(control, session, transceiver, request))) {
        *transceiver = before; // all of it or nothing
        return;
    }
    if (ask->stops)
        transceiver->is_stopping = transceiver->is_declined = true;
    if (ask->sets_paused && transceiver->is_paused != ask->is_paused) {
        transceiver->is_paused = ask->is_paused;
        peer_publish(control, session, NULL);
    }
    peer_save(control, session);
    peer_look(control, session, request);
    peer_look_at_negotiation(control, session);
}
