// SPDX-License-Identifier: Apache-2.0
#include "offer.h"

#include "negotiation.h"
#include "parser.h"

#include <errno.h>

// An offer is described like the answer to one that asks for exactly this: what stands in the offerer's place.
static struct sdp *make_request(struct sdp_arena *arena, const struct sdp_section *sections, unsigned count)
{
    static const char *const types[] = {"text", "audio", "video", "application"};
    struct sdp *request = sdp_create(arena);
    if (request)
        request->level.extmap_allow_mixed = true; // RFC 8285 6
    for (unsigned i = 0; request && i < count; i++) {
        struct sdp_media *media = sdp_append_media(request);
        if (!media)
            return NULL;
        media->kind = sections[i].kind;
        media->type = types[sections[i].kind];
        media->is_rtp = sections[i].kind != SDP_APPLICATION;
        media->protocol = media->is_rtp ? "UDP/TLS/RTP/SAVPF" : "UDP/DTLS/SCTP";
        media->formats_text = media->is_rtp ? "0" : "webrtc-datachannel";
        media->mid = sdp_arena_copy_string(arena, sections[i].mid);
        media->simulcast_send = sdp_arena_copy_string(arena, sections[i].rid);
    }
    return request;
}

static struct sdp_answer *copy_sections(struct sdp_arena *arena, const struct sdp_section *sections, unsigned count)
{
    struct sdp_answer *answer = sdp_arena_alloc(arena, sizeof(*answer));
    if (!answer || !(answer->sections = sdp_arena_alloc(arena, (count + 1) * sizeof(*sections))))
        return NULL;
    answer->section_count = count;
    answer->tag = SDP_NO_SECTION;
    answer->local_setup = SDP_ACTPASS;
    answer->tls_id = "an offer has its own";
    for (unsigned i = 0; i < count; i++) {
        answer->sections[i] = sections[i];
        answer->sections[i].mid = sdp_arena_copy_string(arena, sections[i].mid);
        answer->sections[i].rid = sdp_arena_copy_string(arena, sections[i].rid);
        if (sections[i].verdict == SDP_ACCEPTED && answer->tag == SDP_NO_SECTION)
            answer->tag = i;
    }
    return answer;
}

// RFC 8843 7.2: one group of all sections that are there.
static struct sdp_group *make_bundle(struct sdp_arena *arena, const struct sdp_answer *answer)
{
    struct sdp_group *group = sdp_arena_alloc(arena, sizeof(*group));
    if (!group)
        return NULL;
    group->semantics = "BUNDLE";
    for (unsigned i = 0; i < answer->section_count; i++) {
        const char **mid =
            answer->sections[i].verdict == SDP_ACCEPTED ? SDP_APPEND(arena, group->mids, group->count) : NULL;
        if (mid)
            *mid = answer->sections[i].mid;
    }
    return group;
}

static bool prepare(struct negotiation *negotiation, const struct sdp_section *sections, unsigned count)
{
    struct sdp_arena *arena = negotiation->arena = sdp_arena_create();
    if (!arena)
        return false;
    negotiation->offer = make_request(arena, sections, count);
    negotiation->answer = copy_sections(arena, sections, count);
    if (!negotiation->offer || !negotiation->answer)
        return false;
    negotiation->bundle = make_bundle(arena, negotiation->answer);
    negotiation->answer->description = sdp_create(arena);
    return negotiation->bundle && negotiation->answer->description;
}

int sdp_offer(const struct sdp_answer_policy *policy, const struct sdp_section *sections, unsigned count,
              struct sdp **ret_offer)
{
    struct negotiation negotiation = {.policy = policy};
    bool is_ready = prepare(&negotiation, sections, count);
    if (is_ready)
        sdp_describe_session(&negotiation);
    for (unsigned i = 0; is_ready && i < count; i++)
        sdp_describe_section(&negotiation, i);
    if (!is_ready || sdp_arena_failed(negotiation.arena)) {
        sdp_arena_destroy(negotiation.arena);
        return -ENOMEM;
    }
    *ret_offer = negotiation.answer->description;
    return 0;
}
