// SPDX-License-Identifier: Apache-2.0
// createOffer, createAnswer, setLocalDescription and setRemoteDescription (RFC 8829 4.1, W3C WebRTC 4.4.1.5). Errors
// leave everything as it was.
#include "peer_securing.h"

#include "connectivity.h"
#include "formats.h"
#include "fragment.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse_state(const struct peer_connection *peer, struct gateway_request *request, const char *what)
{
    char allowed[128];
    jsep_allowed(peer->state, allowed, sizeof(allowed));
    refuse(request, GATEWAY_INVALID_STATE, 0, "%s: the signalling state is %s, in which may be set: %s", what,
           jsep_state_names[peer->state], allowed);
}

static int propose(struct control *control, struct session *session, struct gateway_request *request,
                   enum jsep_type type, struct proposal **ret_proposal)
{
    struct peer_connection *peer = session->peer;
    bool is_offer = type == JSEP_OFFER;
    if (jsep_may_create(peer->state, is_offer ? JSEP_CREATE_OFFER : JSEP_CREATE_ANSWER)) {
        refuse_state(peer, request, is_offer ? "no offer can be created" : "no answer can be created");
        return -EPERM;
    }
    return is_offer ? peer_propose_offer(control, session, request, ret_proposal)
                    : peer_propose_answer(control, session, request, ret_proposal);
}

static void give_text(struct gateway_request *request, enum jsep_type type, const char *text)
{
    free(request->sdp);
    request->peer.type = (enum gateway_sdp_type)type;
    request->sdp = strdup(text);
    request->sdp_length = request->sdp ? strlen(text) : 0;
    if (!request->sdp)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
}

void peer_create(struct control *control, struct session *session, struct gateway_request *request)
{
    struct proposal *proposal;
    enum jsep_type type = request->peer.type == GATEWAY_OFFER ? JSEP_OFFER : JSEP_ANSWER;
    if (propose(control, session, request, type, &proposal))
        return;
    proposal_free(session->peer->created);
    session->peer->created = proposal;
    give_text(request, type, proposal->text);
}

static void enter(struct control *control, struct session *session, enum jsep_state state, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    bool is_change = peer->state != state;
    peer->state = state;
    if (state == JSEP_STABLE) {
        peer_roll_back(peer);
        peer->needs_negotiation = false; // and is looked at anew
    }
    if (is_change)
        peer_emit_signaling(control, session);
    if (state != JSEP_STABLE)
        return;
    if (session->room) // what it sends, others get; and what they began to send meanwhile
        room_changed(control, session->room, now);
    peer_look_at_negotiation(control, session);
}

static void tell_candidates(struct control *control, struct session *session)
{
    struct ice_candidates own;
    struct gateway_event event = {.kind = PEER_ICE_CANDIDATE};
    ice_candidates_gather(control->config, shard_ice_port(&control->tables.limits, session->record.shard), &own);
    snprintf(event.mid, sizeof(event.mid), "%s", session->peer->sent ? session->peer->sent->lines[0].line.mid : "");
    for (unsigned i = 0; i < own.count; i++) {
        snprintf(event.candidate, sizeof(event.candidate), "candidate:%u 1 %s %u %s %u typ host%s", i + 1,
                 own.list[i].is_tcp ? "tcp" : "udp", own.list[i].priority, own.list[i].address, own.list[i].port,
                 own.list[i].is_tcp ? " tcptype passive" : "");
        peer_emit(control, session, &event);
    }
    event.candidate[0] = 0; // RFC 8838 14: that were all
    peer_emit(control, session, &event);
}

static int local_answer(struct control *control, struct session *session, struct proposal *proposal,
                        struct gateway_request *request, uint64_t now)
{
    return peer_commit(control, session, proposal, proposal->answer, request, now);
}

// What is to be set: what was created last, as it was (RFC 8829 5.4), or what is created now.
static int take_local(struct control *control, struct session *session, struct gateway_request *request,
                      enum jsep_type type, struct proposal **ret_proposal)
{
    struct peer_connection *peer = session->peer;
    enum jsep_type wanted = type == JSEP_OFFER ? JSEP_OFFER : JSEP_ANSWER;
    if (request->peer.is_implicit)
        return propose(control, session, request, wanted, ret_proposal);
    if (!peer->created || peer->created->type != wanted || !request->sdp || strcmp(peer->created->text, request->sdp)) {
        refuse(request, GATEWAY_INVALID_MODIFICATION, 0,
               "this is not the %s that was created last; create it anew, or send none", jsep_type_names[wanted]);
        return -EPROTO;
    }
    *ret_proposal = peer->created;
    peer->created = NULL;
    return 0;
}

static void set_proposal(struct control *control, struct session *session, struct gateway_request *request,
                         struct proposal *proposal, enum jsep_state next, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    bool is_first = !peer->is_published && !session->record.sdp_version;
    session->record.sdp_version = proposal->sdp_version;
    give_text(request, proposal->type, proposal->text);
    if (proposal->type == JSEP_OFFER) {
        peer->record.next_mid += proposal->line_count; // at most so many were given out
        proposal_free(peer->sent);
        peer->sent = proposal;
    }
    if (is_first)
        tell_candidates(control, session);
    enter(control, session, next, now);
    if (session->record.has_keys)
        session_save(control, session); // the version
}

static void roll_back(struct control *control, struct session *session, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    peer->needs_negotiation = false;
    enter(control, session, JSEP_STABLE, now);
}

void peer_set_local(struct control *control, struct session *session, struct gateway_request *request, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    struct proposal *proposal;
    enum jsep_state next;
    enum jsep_type type =
        request->peer.type == GATEWAY_SDP_TYPES ? jsep_implicit_type(peer->state) : (enum jsep_type)request->peer.type;
    if (jsep_next(peer->state, JSEP_SET_LOCAL, type, &next)) {
        refuse_state(peer, request, "the local description cannot be set");
        return;
    }
    if (type == JSEP_ROLLBACK) {
        roll_back(control, session, now);
        return;
    }
    if (take_local(control, session, request, type, &proposal))
        return;
    if (proposal->type == JSEP_ANSWER && local_answer(control, session, proposal, request, now)) {
        proposal_free(proposal);
        return;
    }
    set_proposal(control, session, request, proposal, next, now);
    if (request->peer.type == GATEWAY_ANSWER && type == JSEP_PRANSWER)
        request->peer.type = GATEWAY_PRANSWER;
    if (proposal->type == JSEP_ANSWER)
        proposal_free(proposal);
}

static int parse(struct gateway_request *request, struct sdp **ret_sdp)
{
    struct sdp_error why = {0};
    int error = sdp_parse(request->sdp ? request->sdp : "", request->sdp_length, ret_sdp, &why);
    if (error == -ENOMEM)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
    else if (error)
        refuse(request, GATEWAY_BAD_SDP, 0, "%s", why.reason);
    request->line = why.line;
    return error;
}

// RFC 8829 5.2.2, 5.10, 5.11: m-lines keep their places, and one that is there its kind and mid.
static const char *line_problem(const struct journal_line *line, const struct sdp_media *media)
{
    if (strncmp(line->mid, media->mid, RTP_ID_SIZE - 1))
        return "its mid is another; sections are not reordered";
    return line->kind != (unsigned)media->kind ? "its kind is another" : NULL;
}

static int check_lines(const struct peer_connection *peer, const struct sdp *sdp, bool is_offer,
                       struct gateway_request *request)
{
    unsigned known = is_offer ? peer->record.line_count : peer->sent->line_count;
    bool is_wrong = is_offer ? sdp->media_count < known : sdp->media_count != known;
    if (is_wrong || sdp->media_count > JOURNAL_TRANSCEIVERS) {
        refuse(request, GATEWAY_INVALID_ACCESS, 0,
               "there are %u m-lines: %s %u, as in the description before, and never more than %d", sdp->media_count,
               is_offer ? "they are at least" : "an answer has", known, JOURNAL_TRANSCEIVERS);
        return -EPROTO;
    }
    for (unsigned i = 0; i < known; i++) {
        const struct journal_line *line = is_offer ? &peer->record.lines[i] : &peer->sent->lines[i].line;
        bool is_data = line->kind == SDP_APPLICATION && peer->record.data == JOURNAL_DATA_AGREED;
        bool is_free = is_offer && line->transceiver == JOURNAL_NO_TRANSCEIVER && !is_data; // that of a stopped one
        const char *problem = is_free ? NULL : line_problem(line, &sdp->media[i]);
        if (!problem)
            continue;
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "m-line %u (mid %s): %s (RFC 8829 5.2.2)", i, sdp->media[i].mid,
               problem);
        return -EPROTO;
    }
    return 0;
}

static const struct sdp_media *first_of(const struct sdp *sdp)
{
    for (unsigned i = 0; i < sdp->media_count; i++)
        if (sdp->media[i].port || sdp->media[i].bundle_only)
            return &sdp->media[i];
    return NULL;
}

// RFC 8829 5.3.1: an offer that restarts ICE is answered with new credentials.
static void note_restart(struct control *control, struct session *session, const struct sdp *offer)
{
    struct peer_connection *peer = session->peer;
    unsigned count = 0;
    const struct sdp_media *media = first_of(offer);
    const struct sdp_fingerprint *fingerprints = media ? sdp_fingerprints(offer, media, &count) : NULL;
    peer->remote_secures = media && peer_is_another(session, fingerprints, count, sdp_tls_id(offer, media));
    const char *ufrag = media ? sdp_ice_ufrag(offer, media) : "";
    bool was_restarting = peer->remote_restarts || peer->has_next_local;
    peer->remote_restarts = peer->is_published && *ufrag && strcmp(ufrag, peer->remote_ufrag);
    if (peer->remote_restarts && !was_restarting)
        ice_credentials_make(control->system->random, &peer->next_local);
}

static void learn(struct peer_connection *peer, const struct sdp *sdp)
{
    const char *uris[EXTENSION_KINDS];
    agreement_extension_uris(uris);
    formats_learn(&peer->record, sdp, uris);
}

static void count_candidates(struct session *session, const struct sdp *sdp)
{
    for (unsigned i = 0; i < sdp->media_count; i++)
        session->remote_candidates += sdp->media[i].candidate_count;
}

static int set_answer(struct control *control, struct session *session, const struct sdp *remote,
                      struct gateway_request *request, uint64_t now)
{
    struct sdp_answer *answer;
    int error = peer_read_answer(control, session, remote, request, &answer);
    if (error)
        return error;
    error = peer_commit(control, session, session->peer->sent, answer, request, now);
    sdp_answer_free(answer);
    return error;
}

// RFC 8829 4.1.10.2: an implicit rollback, of one that is polite.
static bool gives_way(const struct peer_connection *peer, enum jsep_type type)
{
    return peer->state == JSEP_HAVE_LOCAL_OFFER && type == JSEP_OFFER && peer->record.is_polite;
}

static void refuse_remote(const struct peer_connection *peer, struct gateway_request *request)
{
    bool is_crossing = peer->state == JSEP_HAVE_LOCAL_OFFER && request->peer.type == GATEWAY_OFFER;
    refuse_state(peer, request,
                 is_crossing ? "offers have crossed, and the gateway's stands: take yours back and answer it"
                             : "the remote description cannot be set");
}

void peer_set_remote(struct control *control, struct session *session, struct gateway_request *request, uint64_t now)
{
    struct peer_connection *peer = session->peer;
    enum jsep_type type = (enum jsep_type)request->peer.type;
    enum jsep_state next;
    struct sdp *sdp;
    bool is_crossing = gives_way(peer, type);
    if (jsep_next(is_crossing ? JSEP_STABLE : peer->state, JSEP_SET_REMOTE, type, &next)) {
        refuse_remote(peer, request);
        return;
    }
    if (type == JSEP_ROLLBACK) {
        roll_back(control, session, now);
        return;
    }
    if (parse(request, &sdp))
        return;
    int error = check_lines(peer, sdp, type == JSEP_OFFER, request);
    if (!error && connectivity_is_full(control, sdp->ice_lite))
        connectivity_expect(session, sdp); // until it is agreed on
    if (!error && type != JSEP_OFFER)
        error = set_answer(control, session, sdp, request, now);
    if (!error) {
        learn(peer, sdp);
        count_candidates(session, sdp);
    }
    if (!error && is_crossing)
        roll_back(control, session, now);
    if (!error && type == JSEP_OFFER) {
        note_restart(control, session, sdp);
        sdp_free(peer->remote_offer);
        proposal_free(peer->created);
        peer->created = NULL;
        peer->remote_offer = sdp;
    } else
        sdp_free(sdp);
    if (!error)
        enter(control, session, next, now);
}

static void take_candidates(struct control *control, struct session *session, const struct sdp_fragment *fragment,
                            uint64_t now)
{
    if (!fragment->section_count)
        return;
    const struct sdp_fragment_section *section = &fragment->sections[0];
    session->remote_candidates += section->candidate_count;
    connectivity_trickle(control, session, section->candidates, section->candidate_count, false,
                         session->peer->remote_offer, now);
}

// An ICE-lite agent reads, checks and counts them, no more: it sends no checks.
void peer_add_candidate(struct control *control, struct session *session, struct gateway_request *request, uint64_t now)
{
    char text[768];
    struct sdp_fragment *fragment;
    struct sdp_error why = {0};
    const struct gateway_peer_ask *ask = &request->peer;
    if (!session->peer->is_published && !session->peer->remote_offer) {
        refuse_state(session->peer, request, "candidates come after the remote description");
        return;
    }
    if (!ask->candidate[0]) { // RFC 8838 14
        connectivity_trickle(control, session, NULL, 0, true, session->peer->remote_offer, now);
        return;
    }
    int length = snprintf(text, sizeof(text), "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:%s\r\na=%s\r\n",
                          ask->mid[0] ? ask->mid : "0", ask->candidate);
    if (strpbrk(ask->candidate, "\r\n") || length < 0 || (size_t)length >= sizeof(text)) {
        refuse(request, GATEWAY_BAD_SDP, 0, "a candidate is one line, without a=");
        return;
    }
    int error = sdp_fragment_parse(text, (size_t)length, &fragment, &why);
    if (error) {
        refuse(request, error == -ENOMEM ? GATEWAY_OVERLOADED : GATEWAY_BAD_SDP, error == -ENOMEM, "%s", why.reason);
        return;
    }
    take_candidates(control, session, fragment, now);
    sdp_fragment_free(fragment);
}

void peer_restart_ice(struct control *control, struct session *session)
{
    struct peer_connection *peer = session->peer;
    if (!peer->is_published || peer->has_next_local)
        return;
    if (!peer->remote_restarts) // else an answer may tell them already
        ice_credentials_make(control->system->random, &peer->next_local);
    peer->has_next_local = true;
    log_info("session %s: ICE is to be restarted", session->record.id);
    peer_look_at_negotiation(control, session);
}
