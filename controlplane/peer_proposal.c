// SPDX-License-Identifier: Apache-2.0
// createOffer and createAnswer (RFC 8829 5.2, 5.3): what a description would say now. Nothing is changed by it.
#include "peer_codecs.h"

#include "formats.h"
#include "offer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct gateway_request *request)
{
    refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
    return -ENOMEM;
}

static int print(const struct sdp *sdp, struct proposal *proposal)
{
    char *text = malloc(SDP_PRINT_SIZE);
    int length = text ? sdp_print(sdp, text, SDP_PRINT_SIZE) : -ENOMEM;
    if (length < 0) {
        free(text);
        return -ENOMEM;
    }
    char *fitted = realloc(text, (size_t)length + 1);
    proposal->text = fitted ? fitted : text;
    return 0;
}

// An answer.

static bool is_same_mid(const char *ours, const char *theirs)
{
    return !strncmp(ours, theirs, RTP_ID_SIZE - 1);
}

// RFC 8829 5.10: one that addTrack made and no section carries yet.
static const struct journal_transceiver *find_waiting(const struct peer_connection *peer,
                                                      const struct peer_policy *policy, const struct proposal *proposal,
                                                      unsigned line)
{
    for (unsigned i = 0; i < peer->record.transceiver_count; i++) {
        const struct journal_transceiver *transceiver = &peer->record.transceivers[i];
        bool is_waiting = transceiver->serial && transceiver->is_added && !transceiver->is_stopping &&
                          transceiver->line == JOURNAL_NO_TRANSCEIVER && transceivers_wish(transceiver) & WAY_SEND;
        for (unsigned k = 0; k < line; k++)
            is_waiting &= proposal->lines[k].serial != transceiver->serial;
        if (is_waiting && sdp_suits(peer->remote_offer, policy->policy, line, &policy->sources[i]))
            return transceiver;
    }
    return NULL;
}

// Which transceiver a section of the remote offer is, and what is wanted of it.
static void match_line(const struct peer_connection *peer, struct peer_policy *policy, struct proposal *proposal,
                       unsigned line)
{
    const struct sdp_media *media = &peer->remote_offer->media[line];
    struct proposed_line *proposed = &proposal->lines[line];
    const struct journal_transceiver *transceiver = transceivers_of_line((struct journal_peer *)&peer->record, line);
    if (transceiver && !is_same_mid(transceiver->mid, media->mid))
        transceiver = NULL; // the peer took the place of a stopped one
    *proposed = (struct proposed_line){.line = {.transceiver = JOURNAL_NO_TRANSCEIVER, .kind = (uint8_t)media->kind}};
    snprintf(proposed->line.mid, sizeof(proposed->line.mid), "%.16s", media->mid);
    proposed->is_new = !transceiver && (media->kind == SDP_AUDIO || media->kind == SDP_VIDEO);
    if (proposed->is_new && media->port)
        transceiver = find_waiting(peer, policy, proposal, line);
    policy->wishes[line] = (struct sdp_transceiver){.receives = peer->record.may_publish, .source = SDP_NO_SOURCE};
    if (!transceiver)
        return;
    proposed->line.transceiver = (uint8_t)transceivers_index(&peer->record, transceiver);
    proposed->serial = transceiver->serial;
    peer_wish(peer, policy, proposed->line.transceiver, &policy->wishes[line]);
    // What the peer sends is received, also in sections in which it was sent to alone so far (W3C WebRTC 5.1,
    // addTrack).
    policy->wishes[line].receives |= !transceiver->refuses && peer->record.may_publish;
}

static int refuse_answer(struct gateway_request *request, int error, const struct sdp_error *why)
{
    if (error == -ENOMEM)
        return no_memory(request);
    refuse(request, error == -ENOTSUP ? GATEWAY_NO_COMMON_CODEC : GATEWAY_UNPROCESSABLE, 0, "%s", why->reason);
    return error;
}

static int answer_lines(const struct peer_connection *peer, struct peer_policy *policy, struct proposal *proposal,
                        struct gateway_request *request)
{
    struct sdp_error why = {0};
    proposal->line_count = peer->remote_offer->media_count;
    for (unsigned i = 0; i < proposal->line_count; i++)
        match_line(peer, policy, proposal, i);
    policy->policy->transceiver_count = proposal->line_count;
    int error = sdp_answer(peer->remote_offer, policy->policy, &proposal->answer, &why);
    return error ? refuse_answer(request, error, &why) : 0;
}

static int complete(int error, struct proposal *proposal, const struct sdp *description,
                    struct gateway_request *request, struct proposal **ret_proposal)
{
    if (!error && print(description, proposal))
        error = no_memory(request);
    if (error)
        proposal_free(proposal);
    else
        *ret_proposal = proposal;
    return error;
}

int peer_propose_answer(struct control *control, struct session *session, struct gateway_request *request,
                        struct proposal **ret_proposal)
{
    struct peer_policy *policy = peer_policy_new(control, session);
    struct proposal *proposal = calloc(1, sizeof(*proposal));
    int error = policy && proposal ? 0 : no_memory(request);
    if (!error) {
        proposal->type = JSEP_ANSWER;
        proposal->restarts_ice = peer_restarts_ice(session->peer);
        proposal->sdp_version = policy->policy->session_version;
        error = answer_lines(session->peer, policy, proposal, request);
    }
    peer_policy_free(policy);
    return complete(error, proposal, error ? NULL : proposal->answer->description, request, ret_proposal);
}

// The peer's answer to what was sent, read as if it were an offer to this side: the same is agreed on.
int peer_read_answer(struct control *control, struct session *session, const struct sdp *remote,
                     struct gateway_request *request, struct sdp_answer **ret_answer)
{
    struct sdp_error why = {0};
    const struct proposal *sent = session->peer->sent;
    struct peer_policy *policy = peer_policy_new(control, session);
    if (!policy)
        return no_memory(request);
    for (unsigned i = 0; i < sent->line_count; i++) {
        const struct proposed_line *line = &sent->lines[i];
        policy->wishes[i] = (struct sdp_transceiver){.is_stopped = true, .source = SDP_NO_SOURCE};
        if (transceivers_at(&session->peer->record, line->line.transceiver, line->serial))
            peer_wish(session->peer, policy, line->line.transceiver, &policy->wishes[i]);
        policy->wishes[i].is_answer = true;
        memcpy(policy->wishes[i].offered, line->payload_types, sizeof(line->payload_types));
        policy->wishes[i].is_stopped = !line->serial;
    }
    policy->policy->transceiver_count = sent->line_count;
    int error = sdp_answer(remote, policy->policy, ret_answer, &why);
    peer_policy_free(policy);
    return error ? refuse_answer(request, error, &why) : 0;
}

// An offer.

// scratch: the peer's numbers, and those that this offer gives out before.
static void number_details(const struct peer_policy *policy, struct journal_peer *scratch, bool is_video,
                           struct sdp_section *section)
{
    const uint32_t receiving = section->direction & SDP_RECVONLY ? 0 : policy->policy->receiving_extensions;
    for (unsigned kind = 0; kind < EXTENSION_KINDS; kind++)
        if (policy->policy->extensions[kind] && !(receiving >> kind & 1))
            section->extension_ids[kind] = formats_take_extension(scratch, (enum extension_kind)kind);
    for (unsigned i = 0; i < policy->policy->feedback_count; i++) {
        bool is_receivers = policy->policy->receiving_feedback >> i & 1 && section->direction == SDP_SENDONLY;
        if (!is_receivers && (is_video || !strstr(policy->policy->feedback[i], "nack")))
            section->feedback |= 1u << i;
    }
}

static void repeat_details(const struct journal_transceiver *transceiver, struct sdp_section *section)
{
    section->feedback = transceiver->feedback;
    section->rid = transceiver->rid;
    memcpy(section->extension_ids, transceiver->extension_ids, sizeof(section->extension_ids));
}

static void describe_formats(const struct peer_formats *formats, struct proposed_line *line,
                             struct sdp_section *section)
{
    const struct sdp_alternative *first = &formats->list[0];
    section->codec = first->codec;
    section->payload_type = first->payload_type;
    section->rtx_payload_type = first->rtx_payload_type;
    section->clock_rate = sdp_codec_clock_rate(first->codec);
    section->channels = sdp_codec_channels(first->codec);
    section->fmtp = first->fmtp;
    section->alternative_count = formats->count - 1;
    section->alternatives = formats->list + 1;
    for (unsigned i = 0; i < formats->count; i++)
        line->payload_types[formats->list[i].payload_type / 64 & 1] |= 1ULL << formats->list[i].payload_type % 64;
}

static bool describe(const struct peer_policy *policy, struct journal_peer *scratch, struct proposed_line *line,
                     struct peer_formats *formats, struct sdp_section *section)
{
    const struct journal_transceiver *transceiver =
        line->serial ? &scratch->transceivers[line->line.transceiver] : NULL;
    bool is_there = transceiver || line->is_data;
    *section = (struct sdp_section){.verdict = is_there ? SDP_ACCEPTED : SDP_REJECTED_STOPPED,
                                    .kind = (enum sdp_kind)line->line.kind,
                                    .mid = line->line.mid,
                                    .source = SDP_NO_SOURCE,
                                    .payload_type = SDP_NO_PAYLOAD,
                                    .rtx_payload_type = SDP_NO_PAYLOAD,
                                    .rtcp_rsize = true,
                                    .fmtp = "",
                                    .rid = ""};
    if (!transceiver)
        return true;
    line->wish = (uint8_t)transceivers_wish(transceiver);
    section->direction = direction_of(line->wish);
    section->source = line->wish & WAY_SEND ? line->line.transceiver : SDP_NO_SOURCE;
    if (!peer_list_formats(policy, scratch, transceiver, formats))
        return false;
    describe_formats(formats, line, section);
    if (transceiver->payload_type == SDP_NO_PAYLOAD)
        number_details(policy, scratch, transceiver->kind == MEDIA_VIDEO, section);
    else
        repeat_details(transceiver, section);
    return true;
}

static bool wants_data(const struct journal_peer *record)
{
    return record->data == JOURNAL_DATA_WANTED || record->data == JOURNAL_DATA_AGREED;
}

static void carry_over(const struct journal_peer *record, struct proposal *proposal)
{
    proposal->line_count = record->line_count;
    for (unsigned i = 0; i < record->line_count; i++) {
        struct proposed_line *line = &proposal->lines[i];
        line->line = record->lines[i];
        const struct journal_transceiver *transceiver = transceivers_of_line((struct journal_peer *)record, i);
        line->serial = transceiver && !transceiver->is_stopping ? transceiver->serial : 0;
        line->is_data = record->lines[i].kind == SDP_APPLICATION && wants_data(record);
    }
}

static struct proposed_line *free_line(const struct journal_peer *record, struct proposal *proposal)
{
    for (unsigned i = 0; i < proposal->line_count; i++)
        if (i < record->line_count && record->lines[i].transceiver == JOURNAL_NO_TRANSCEIVER &&
            !proposal->lines[i].serial && record->lines[i].kind != SDP_APPLICATION)
            return &proposal->lines[i];
    return proposal->line_count < JOURNAL_TRANSCEIVERS ? &proposal->lines[proposal->line_count++] : NULL;
}

static bool is_mid_taken(const struct proposal *proposal, const char *mid)
{
    for (unsigned i = 0; i < proposal->line_count; i++)
        if (!strcmp(proposal->lines[i].line.mid, mid))
            return true;
    return false;
}

static void name_line(struct journal_peer *scratch, const struct proposal *proposal, struct proposed_line *line)
{
    char mid[RTP_ID_SIZE];
    do
        snprintf(mid, sizeof(mid), "g%u", scratch->next_mid++);
    while (is_mid_taken(proposal, mid));
    memcpy(line->line.mid, mid, sizeof(mid));
}

// RFC 8829 5.2.1: one section for all data channels, behind the last.
static void add_data_line(struct journal_peer *scratch, struct proposal *proposal)
{
    for (unsigned i = 0; i < proposal->line_count; i++)
        if (proposal->lines[i].is_data)
            return;
    if (!wants_data(scratch) || proposal->line_count == JOURNAL_TRANSCEIVERS)
        return;
    struct proposed_line *line = &proposal->lines[proposal->line_count];
    *line = (struct proposed_line){.line = {.transceiver = JOURNAL_NO_TRANSCEIVER, .kind = SDP_APPLICATION},
                                   .is_data = true};
    name_line(scratch, proposal, line);
    proposal->line_count++;
}

// RFC 8829 5.2.2: in the place of sections that were stopped, and behind the last.
static void add_lines(struct journal_peer *scratch, struct proposal *proposal)
{
    for (unsigned i = 0; i < scratch->transceiver_count; i++) {
        const struct journal_transceiver *transceiver = &scratch->transceivers[i];
        if (!transceiver->serial || transceiver->is_stopping || transceiver->line != JOURNAL_NO_TRANSCEIVER)
            continue;
        struct proposed_line *line = free_line(scratch, proposal);
        if (!line)
            return;
        *line = (struct proposed_line){
            .line = {.transceiver = (uint8_t)i, .kind = transceiver->kind == MEDIA_AUDIO ? SDP_AUDIO : SDP_VIDEO},
            .serial = transceiver->serial,
            .is_new = true};
        name_line(scratch, proposal, line);
    }
    add_data_line(scratch, proposal);
}

static int offer_lines(const struct peer_policy *policy, struct journal_peer *scratch, struct proposal *proposal,
                       struct sdp **ret_offer)
{
    struct sdp_section sections[JOURNAL_TRANSCEIVERS];
    struct peer_formats formats[JOURNAL_TRANSCEIVERS];
    carry_over(scratch, proposal);
    add_lines(scratch, proposal);
    peer_number_formats(policy, scratch);
    for (unsigned i = 0; i < proposal->line_count; i++)
        if (!describe(policy, scratch, &proposal->lines[i], &formats[i], &sections[i]))
            return -ENOSPC;
    return sdp_offer(policy->policy, sections, proposal->line_count, ret_offer);
}

int peer_propose_offer(struct control *control, struct session *session, struct gateway_request *request,
                       struct proposal **ret_proposal)
{
    struct sdp *offer = NULL;
    struct peer_policy *policy = peer_policy_new(control, session);
    struct proposal *proposal = calloc(1, sizeof(*proposal));
    struct journal_peer *scratch = malloc(sizeof(*scratch));
    int error = policy && proposal && scratch ? 0 : -ENOMEM;
    if (!error) {
        *scratch = session->peer->record;
        proposal->type = JSEP_OFFER;
        proposal->restarts_ice = peer_restarts_ice(session->peer);
        proposal->sdp_version = policy->policy->session_version;
        error = offer_lines(policy, scratch, proposal, &offer);
    }
    if (error == -ENOSPC)
        refuse(request, GATEWAY_UNPROCESSABLE, 0, "the peer has taken all payload types");
    else if (error)
        error = no_memory(request);
    error = complete(error, proposal, offer, request, ret_proposal);
    sdp_free(offer);
    peer_policy_free(policy);
    free(scratch);
    return error;
}
