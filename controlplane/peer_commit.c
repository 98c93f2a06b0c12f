// SPDX-License-Identifier: Apache-2.0
// What an offer and its answer agree on becomes so: transceivers, streams and routes, the transport. Everything that
// can fail comes first; then nothing does.
#include "peer_channel_parts.h"
#include "peer_securing.h"

#include "connectivity.h"
#include "formats.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Links for streams and routes to be: those that are left over are given back.
struct reserve {
    unsigned streams, routes;
    struct record_link stream[PEER_STREAMS], route[JOURNAL_TRANSCEIVERS];
};

struct commit {
    struct control *control;
    struct session *session;
    struct peer_connection *peer;
    const struct proposal *proposal;
    const struct sdp_answer *answer;
    struct reserve reserve;
    bool is_offerer;
    bool restarts_ice; // or begins it
};

static int check_transport(const struct commit *commit, struct gateway_request *request)
{
    const struct sdp_answer *answer = commit->answer;
    if (answer->tag >= answer->section_count) {
        if (commit->peer->is_published)
            return 0; // everything was stopped: the transport stays
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "no section can be accepted");
        return -EPROTO;
    }
    const struct sdp_section *tag = &answer->sections[answer->tag];
    if (!ice_credentials_are_valid(tag->remote_ufrag, tag->remote_pwd))
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "ice-ufrag or ice-pwd is out of form (RFC 8839 5.4)");
    else
        return 0;
    return -EPROTO;
}

static struct journal_transceiver *transceiver_of(const struct commit *commit, unsigned line)
{
    const struct proposed_line *proposed = &commit->proposal->lines[line];
    if (!proposed->serial)
        return NULL;
    return transceivers_at(&commit->peer->record, proposed->line.transceiver, proposed->serial);
}

static bool is_media(const struct sdp_section *section)
{
    return section->kind == SDP_AUDIO || section->kind == SDP_VIDEO;
}

static unsigned ways(const struct commit *commit, unsigned line)
{
    const struct sdp_section *section = &commit->answer->sections[line];
    return section->verdict == SDP_ACCEPTED && is_media(section) ? ways_of(section->direction) : 0;
}

static void give_back(struct commit *commit)
{
    struct intents *intents = &commit->control->intents;
    while (commit->reserve.streams)
        intents_cancel(&intents->streams, commit->reserve.stream[--commit->reserve.streams]);
    while (commit->reserve.routes)
        intents_cancel(&intents->routes, commit->reserve.route[--commit->reserve.routes]);
}

static int counted(int error, unsigned *count)
{
    *count += !error;
    return error;
}

static int reserve(struct commit *commit, struct gateway_request *request)
{
    struct intents *intents = &commit->control->intents;
    unsigned received = 0, added = 0;
    int error = 0;
    for (unsigned i = 0; !error && i < commit->answer->section_count; i++) {
        const struct journal_transceiver *transceiver = transceiver_of(commit, i);
        bool is_received = ways(commit, i) & WAY_RECEIVE, is_sent = ways(commit, i) & WAY_SEND;
        added += !transceiver && is_media(&commit->answer->sections[i]) &&
                 commit->answer->sections[i].verdict == SDP_ACCEPTED;
        received += is_received;
        if (received > PEER_STREAMS)
            error = -E2BIG;
        else if (is_received && !(transceiver && transceiver->stream.generation))
            error = counted(intents_new_stream(intents, &commit->reserve.stream[commit->reserve.streams]),
                            &commit->reserve.streams);
        if (!error && is_sent && !(transceiver && transceiver->route.generation))
            error = counted(intents_new_route(intents, &commit->reserve.route[commit->reserve.routes]),
                            &commit->reserve.routes);
    }
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS && added; i++)
        added -=
            !commit->peer->record.transceivers[i].serial || transceivers_is_left(&commit->peer->record.transceivers[i]);
    if (error == -E2BIG)
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "a peer may send %d streams", PEER_STREAMS);
    else if (error)
        refuse_for_now(request, REFUSED_TABLE_FULL, 5,
                       "all streams or routes are taken (limits.streams, limits.routes)");
    else if (added || commit->peer->retired_count > PEER_RETIRED - 2 * JOURNAL_TRANSCEIVERS)
        error = -EBUSY,
        refuse_for_now(request, REFUSED_TABLE_FULL, 1, "the peer's %d transceivers are taken", JOURNAL_TRANSCEIVERS);
    return error;
}

// From here on nothing fails.

static void tell_track(struct commit *commit, const struct journal_transceiver *transceiver, bool is_there)
{
    struct gateway_event event = {.kind = is_there ? PEER_TRACK : PEER_REMOVE_TRACK};
    memcpy(event.mid, transceiver->mid, sizeof(event.mid));
    memcpy(event.stream, transceiver->stream_id, sizeof(event.stream));
    memcpy(event.track, transceiver->track_id, sizeof(event.track));
    strcpy(event.media, transceiver->kind == MEDIA_AUDIO ? "audio" : "video");
    peer_emit(commit->control, commit->session, &event);
}

static unsigned streams_of(const struct journal_peer *peer)
{
    unsigned count = 0;
    for (unsigned i = 0; i < JOURNAL_TRANSCEIVERS; i++)
        count += peer->transceivers[i].serial && peer->transceivers[i].stream.generation;
    return count;
}

static void stop(struct commit *commit, struct journal_transceiver *transceiver)
{
    if (transceivers_receives(transceiver))
        tell_track(commit, transceiver, false);
    peer_retire(commit->peer, false, &transceiver->stream);
    peer_retire(commit->peer, true, &transceiver->route);
    transceivers_decline(&commit->peer->record, transceiver);
}

static void copy_text(char *to, size_t size, const char *from, const char *otherwise)
{
    snprintf(to, size, "%s", from && *from ? from : otherwise);
}

static void fill(struct commit *commit, struct journal_transceiver *transceiver, const struct sdp_section *section)
{
    transceiver->codec = (uint8_t)section->codec;
    transceiver->payload_type = section->payload_type;
    transceiver->rtx_payload_type = section->rtx_payload_type;
    transceiver->channels = section->channels;
    transceiver->clock_rate = section->clock_rate;
    transceiver->feedback = section->feedback;
    transceiver->nack = section->rtx_payload_type != SDP_NO_PAYLOAD;
    memcpy(transceiver->extension_ids, section->extension_ids, sizeof(transceiver->extension_ids));
    copy_text(transceiver->fmtp, sizeof(transceiver->fmtp), section->fmtp, "");
    copy_text(transceiver->rid, sizeof(transceiver->rid), section->rid, "");
    if (!(ways_of(section->direction) & WAY_RECEIVE))
        return;
    transceiver->in_ssrc = section->ssrc;
    transceiver->in_rtx_ssrc = section->rtx_ssrc;
    char name[GATEWAY_ID_SIZE];
    session_public_name(commit->session, name);
    copy_text(transceiver->stream_id, sizeof(transceiver->stream_id), section->stream_id, name);
    copy_text(transceiver->track_id, sizeof(transceiver->track_id), section->track_id, transceiver->mid);
}

static void settle_ways(const struct commit *commit, struct journal_transceiver *transceiver, unsigned line)
{
    transceiver->allowed = WAY_SEND | WAY_RECEIVE;
    if (!commit->is_offerer) {
        const struct sdp *offer = commit->peer->remote_offer;
        transceiver->allowed = (uint8_t)ways_reversed(ways_of(sdp_direction_of(offer, &offer->media[line])));
    }
    // What is wanted and the peer cannot have is not asked for again and again.
    unsigned wish = commit->is_offerer ? commit->proposal->lines[line].wish : transceivers_wish(transceiver);
    transceiver->settled = (uint8_t)(wish & transceiver->allowed);
}

static struct journal_transceiver *accept_line(struct commit *commit, unsigned line)
{
    struct journal_peer *record = &commit->peer->record;
    const struct sdp_section *section = &commit->answer->sections[line];
    struct journal_transceiver *transceiver = transceiver_of(commit, line);
    if (!transceiver)
        transceiver = transceivers_add(record, section->kind == SDP_AUDIO ? MEDIA_AUDIO : MEDIA_VIDEO);
    bool is_theirs = !commit->is_offerer && commit->proposal->lines[line].is_new;
    if (is_theirs || ways(commit, line) & WAY_RECEIVE) {
        transceiver->receives = record->may_publish && !transceiver->refuses;
        transceiver->is_added = false; // the section is the peer's, too, and outlives the source
    }
    transceiver->line = (uint8_t)line;
    memcpy(transceiver->mid, commit->proposal->lines[line].line.mid, sizeof(transceiver->mid));
    fill(commit, transceiver, section);
    return transceiver;
}

// One that pauses is kept, as far as there is room: should it go on, its SSRCs go on with their roll-over counters.
static void receive_media(struct commit *commit, struct journal_transceiver *transceiver, bool was_received)
{
    bool is_received = transceiver->ways & WAY_RECEIVE;
    if (is_received && !transceiver->stream.generation)
        transceiver->stream = commit->reserve.stream[--commit->reserve.streams];
    if (is_received != was_received)
        tell_track(commit, transceiver, is_received);
    if (!is_received && streams_of(&commit->peer->record) > PEER_STREAMS)
        peer_retire(commit->peer, false, &transceiver->stream);
}

// With a route goes its SRTP index: another one needs SSRCs that the keys have not seen.
static void send_media(struct commit *commit, struct journal_transceiver *transceiver)
{
    if (transceiver->ways & WAY_SEND && !transceiver->route.generation)
        transceiver->route = commit->reserve.route[--commit->reserve.routes];
    if (transceiver->ways & WAY_SEND || !transceiver->route.generation)
        return;
    peer_retire(commit->peer, true, &transceiver->route);
    peer_issue_ssrcs(commit->control, transceiver);
}

static void route_media(struct commit *commit, struct journal_transceiver *transceiver, unsigned line)
{
    unsigned agreed = ways(commit, line);
    bool was_received = transceivers_receives(transceiver);
    if (!transceiver->source.generation)
        agreed &= ~WAY_SEND;
    transceiver->ways = (uint8_t)agreed;
    send_media(commit, transceiver);
    receive_media(commit, transceiver, was_received);
}

static void apply_line(struct commit *commit, unsigned line)
{
    struct journal_peer *record = &commit->peer->record;
    const struct sdp_section *section = &commit->answer->sections[line];
    struct journal_transceiver *before = transceivers_of_line(record, line);
    struct journal_transceiver *named = transceiver_of(commit, line);
    if (before && (before != named || section->verdict != SDP_ACCEPTED))
        stop(commit, before);
    // A new one that was rejected waits for another offer; one of its source ends with the answer, or it would be
    // offered again and again.
    else if (named && section->verdict != SDP_ACCEPTED && commit->is_offerer)
        transceivers_decline(record, named);
    record->lines[line] = commit->proposal->lines[line].line;
    record->lines[line].kind = (uint8_t)section->kind;
    record->lines[line].transceiver = JOURNAL_NO_TRANSCEIVER;
    if (section->verdict != SDP_ACCEPTED || !is_media(section))
        return;
    struct journal_transceiver *transceiver = accept_line(commit, line);
    record->lines[line].transceiver = (uint8_t)transceivers_index(record, transceiver);
    route_media(commit, transceiver, line);
    settle_ways(commit, transceiver, line);
}

// RFC 8445 6.1.1, 9: roles stay through a restart, unless one side becomes lite or full.
static void choose_role(const struct commit *commit, struct transport_intent *intent)
{
    bool is_lite = commit->answer->remote_ice_lite;
    enum transport_mode mode = connectivity_is_full(commit->control, is_lite) ? TRANSPORT_ICE_FULL : TRANSPORT_ICE_LITE;
    if (!commit->peer->is_published || intent->mode != mode || is_lite != commit->peer->remote_is_lite)
        connectivity_choose_role(commit->control, is_lite, commit->is_offerer, intent);
    commit->peer->remote_is_lite = is_lite;
}

static void set_credentials(struct commit *commit, struct transport_intent *intent)
{
    struct peer_connection *peer = commit->peer;
    if (commit->proposal->restarts_ice) {
        peer->local = peer->next_local;
        peer->has_next_local = peer->remote_restarts = false;
    }
    memcpy(intent->local_ufrag, peer->local.ufrag, sizeof(intent->local_ufrag));
    memcpy(intent->local_pwd, peer->local.pwd, sizeof(intent->local_pwd));
    if (commit->answer->tag >= commit->answer->section_count)
        return;
    const struct sdp_section *tag = &commit->answer->sections[commit->answer->tag];
    commit->restarts_ice = strcmp(intent->remote_ufrag, tag->remote_ufrag) || !commit->peer->is_published;
    choose_role(commit, intent);
    memset(intent->remote_ufrag, 0, sizeof(intent->remote_ufrag));
    memset(intent->remote_pwd, 0, sizeof(intent->remote_pwd));
    snprintf(intent->remote_ufrag, sizeof(intent->remote_ufrag), "%s", tag->remote_ufrag);
    snprintf(intent->remote_pwd, sizeof(intent->remote_pwd), "%s", tag->remote_pwd);
    snprintf(peer->remote_ufrag, sizeof(peer->remote_ufrag), "%s", tag->remote_ufrag);
}

// policy: for the transport as a whole; of a new one everything comes from it.
static void publish_all(struct commit *commit, struct peer_policy *policy)
{
    struct session *session = commit->session;
    struct transport_intent intent;
    policy->agreement->answer = (struct sdp_answer *)commit->answer;
    bool is_there = commit->peer->is_published &&
                    intents_read_transport(&commit->control->intents, session->record.transport, &intent);
    if (!is_there && commit->answer->tag < commit->answer->section_count) {
        agreement_fill_transport(commit->control, policy->agreement, session->room->number, &intent);
        intent.generation = session->record.transport.generation;
        is_there = true;
    }
    if (is_there) {
        intent.feedback = (uint8_t)agreement_feedback(policy->agreement);
        set_credentials(commit, &intent);
        peer_publish(commit->control, session, &intent);
    }
    policy->agreement->answer = NULL;
}

static void begin_setup(struct commit *commit, uint64_t now)
{
    struct session *session = commit->session;
    session->record.is_dtls_client = commit->answer->local_setup == SDP_ACTIVE;
    session->setup_at = now;
    session_begin_setup(commit->control, session);
    commit->control->created++;
}

static bool has_data(const struct sdp_answer *answer)
{
    for (unsigned i = 0; i < answer->section_count; i++)
        if (answer->sections[i].kind == SDP_APPLICATION && answer->sections[i].verdict == SDP_ACCEPTED)
            return true;
    return false;
}

int peer_commit(struct control *control, struct session *session, const struct proposal *proposal,
                const struct sdp_answer *answer, struct gateway_request *request, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    struct commit commit = {.control = control,
                            .session = session,
                            .peer = peer,
                            .proposal = proposal,
                            .answer = answer,
                            .is_offerer = proposal->type == JSEP_OFFER};
    struct peer_securing securing = {0};
    peer_settle(control, session);
    int error = check_transport(&commit, request);
    if (!error)
        error = peer_securing_read(session, answer, request, &securing);
    if (!error)
        error = reserve(&commit, request);
    if (!error && has_data(answer))
        error = peer_channels_prepare(control, session, request);
    struct peer_policy *policy = error ? NULL : peer_policy_new(control, session);
    if (!error && !policy) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        error = -ENOMEM;
    }
    if (error) {
        give_back(&commit);
        free(securing.fingerprints);
        return error;
    }
    for (unsigned i = 0; i < answer->section_count; i++)
        apply_line(&commit, i);
    peer->record.line_count = (uint8_t)answer->section_count;
    give_back(&commit); // of what lost its source meanwhile
    bool is_first = !peer->is_published;
    publish_all(&commit, policy);
    if (is_first && peer->is_published)
        begin_setup(&commit, now);
    peer_channels_settle(control, session, answer, commit.is_offerer, now);
    peer_policy_free(policy);
    peer_save(control, session);
    if (commit.restarts_ice)
        connectivity_begin(control, session, peer->remote_is_lite, now);
    connectivity_go_on(control, session, now);
    peer_secure(control, session, &securing, now);
    return 0;
}
