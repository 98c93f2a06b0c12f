// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

#include "negotiation.h"
#include "parser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void set_error(struct sdp_error *ret_error, enum sdp_error_code code, const char *reason)
{
    *ret_error = (struct sdp_error){.code = code};
    snprintf(ret_error->reason, sizeof(ret_error->reason), "%s", reason);
}

static const struct sdp_media *media_of_mid(const struct sdp *offer, const char *mid)
{
    for (unsigned i = 0; i < offer->media_count; i++)
        if (strcmp(offer->media[i].mid, mid) == 0)
            return &offer->media[i];
    return NULL;
}

// One transport carries all: the first BUNDLE group counts (RFC 9725 4.4.1).
static void find_bundle(struct negotiation *negotiation)
{
    const struct sdp *offer = negotiation->offer;
    for (unsigned i = 0; i < offer->group_count; i++) {
        if (strcmp(offer->groups[i].semantics, "BUNDLE") != 0)
            continue;
        negotiation->bundle = &offer->groups[i];
        if (offer->groups[i].count)
            negotiation->tagged = media_of_mid(offer, offer->groups[i].mids[0]);
        return;
    }
}

static void negotiate_section(struct negotiation *negotiation, uint32_t index)
{
    const struct sdp_media *media = &negotiation->offer->media[index];
    struct sdp_section *section = &negotiation->answer->sections[index];
    *section = (struct sdp_section){.kind = media->kind,
                                    .direction = SDP_INACTIVE,
                                    .mid = sdp_arena_copy_string(negotiation->arena, media->mid),
                                    .payload_type = SDP_NO_PAYLOAD,
                                    .rtx_payload_type = SDP_NO_PAYLOAD,
                                    .source = SDP_NO_SOURCE};
    section->fmtp = section->rid = section->cname = section->stream_id = section->track_id = "";
    section->remote_ufrag = section->remote_pwd = "";
    section->verdict = sdp_judge(negotiation, media);
    if (section->verdict == SDP_ACCEPTED)
        section->verdict = sdp_choose(negotiation, media, index, section);
    if (section->verdict != SDP_ACCEPTED)
        return;
    negotiation->has_unbundled = true;
    sdp_choose_details(negotiation, media, section);
}

static uint32_t index_of_mid(const struct sdp_answer *answer, const char *mid)
{
    for (uint32_t i = 0; i < answer->section_count; i++)
        if (answer->sections[i].verdict == SDP_ACCEPTED && strcmp(answer->sections[i].mid, mid) == 0)
            return i;
    return SDP_NO_SECTION;
}

// RFC 8843 7.3.1: the offerer's tag, or the next in the group that is accepted.
static uint32_t find_tag(const struct negotiation *negotiation)
{
    const struct sdp_answer *answer = negotiation->answer;
    for (unsigned i = 0; negotiation->bundle && i < negotiation->bundle->count; i++) {
        uint32_t index = index_of_mid(answer, negotiation->bundle->mids[i]);
        if (index != SDP_NO_SECTION)
            return index;
    }
    for (uint32_t i = 0; !negotiation->bundle && i < answer->section_count; i++)
        if (answer->sections[i].verdict == SDP_ACCEPTED)
            return i;
    return SDP_NO_SECTION;
}

static void copy_fingerprints(struct negotiation *negotiation, const struct sdp_media *media)
{
    unsigned count;
    struct sdp_arena *arena = negotiation->arena;
    const struct sdp_fingerprint *offered = sdp_fingerprints(negotiation->offer, media, &count);
    struct sdp_fingerprint *copies = sdp_arena_alloc(arena, (count + 1) * sizeof(*copies));
    unsigned used = 0;
    for (unsigned i = 0; copies && i < count; i++)
        if (sdp_is_usable_fingerprint(&offered[i]))
            copies[used++] = (struct sdp_fingerprint){sdp_arena_copy_string(arena, offered[i].hash),
                                                      sdp_arena_copy_string(arena, offered[i].value)};
    negotiation->answer->fingerprints = copies;
    negotiation->answer->fingerprint_count = used;
}

// RFC 8842 5.3: actpass leaves the choice; without a=setup an offerer is active (RFC 4145 4).
static enum sdp_setup answer_setup(const struct negotiation *negotiation, enum sdp_setup offered)
{
    if (offered == SDP_ACTPASS)
        return negotiation->policy->setup == SDP_ACTIVE ? SDP_ACTIVE : SDP_PASSIVE;
    return offered == SDP_PASSIVE ? SDP_ACTIVE : SDP_PASSIVE;
}

static void negotiate_transport(struct negotiation *negotiation)
{
    struct sdp_answer *answer = negotiation->answer;
    answer->tag = find_tag(negotiation);
    answer->remote_ice_lite = negotiation->offer->ice_lite;
    answer->local_setup = SDP_PASSIVE;
    answer->tls_id = "";
    if (answer->tag == SDP_NO_SECTION)
        return;
    const struct sdp_media *media = sdp_transport_media(negotiation, &negotiation->offer->media[answer->tag]);
    answer->local_setup = answer_setup(negotiation, sdp_setup_of(negotiation->offer, media));
    copy_fingerprints(negotiation, media);
    answer->tls_id = sdp_arena_copy_string(negotiation->arena, sdp_tls_id(negotiation->offer, media));
}

// An answer that rejects everything is given only where the offer has nothing that could have been used.
static int check_useful(const struct negotiation *negotiation, struct sdp_error *ret_error)
{
    const struct sdp_answer *answer = negotiation->answer;
    const struct sdp_section *refused = NULL;
    for (uint32_t i = 0; i < answer->section_count; i++) {
        const struct sdp_section *section = &answer->sections[i];
        if (section->verdict == SDP_ACCEPTED)
            return 0;
        if (section->verdict > SDP_REJECTED_KIND && (!refused || section->verdict == SDP_REJECTED_CODEC))
            refused = section;
    }
    if (!refused && answer->section_count)
        return 0;
    bool is_codec = refused && refused->verdict == SDP_REJECTED_CODEC;
    set_error(ret_error, is_codec ? SDP_ERROR_NO_CODEC : SDP_ERROR_UNSUPPORTED,
              refused ? sdp_verdict_text(refused->verdict) : "the offer has no media section");
    return is_codec ? -ENOTSUP : -EPROTO;
}

// A viewer that has room for a source, but not its codec, is told so instead of seeing a part.
static int check_sources(const struct negotiation *negotiation, struct sdp_error *ret_error)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    for (uint32_t i = 0; negotiation->is_source_refused && i < policy->source_count; i++) {
        enum sdp_kind kind = sdp_codec_kind(policy->sources[i].codec);
        for (uint32_t k = 0; negotiation->filled_by[i] == SDP_NO_SECTION && k < negotiation->answer->section_count;
             k++) {
            const struct sdp_section *section = &negotiation->answer->sections[k];
            if (section->kind != kind || section->verdict != SDP_REJECTED_CODEC)
                continue;
            set_error(ret_error, SDP_ERROR_NO_CODEC, "");
            snprintf(ret_error->reason, sizeof(ret_error->reason),
                     "section %u does not offer the publisher's codec, %s", k,
                     sdp_codec_name(policy->sources[i].codec));
            return -ENOTSUP;
        }
    }
    return 0;
}

static int negotiate(struct negotiation *negotiation, struct sdp_error *ret_error)
{
    find_bundle(negotiation);
    for (uint32_t i = 0; i < negotiation->policy->source_count; i++)
        negotiation->filled_by[i] = SDP_NO_SECTION;
    for (uint32_t i = 0; i < negotiation->answer->section_count; i++)
        negotiate_section(negotiation, i);
    int status = check_sources(negotiation, ret_error);
    if (!status)
        status = check_useful(negotiation, ret_error);
    if (status)
        return status;
    negotiate_transport(negotiation);
    sdp_describe_session(negotiation);
    for (uint32_t i = 0; i < negotiation->answer->section_count; i++)
        sdp_describe_section(negotiation, i);
    return 0;
}

static bool prepare(struct negotiation *negotiation)
{
    struct sdp_arena *arena = negotiation->arena = sdp_arena_create();
    struct sdp *description = arena ? sdp_create(arena) : NULL;
    struct sdp_answer *answer = description ? sdp_arena_alloc(arena, sizeof(*answer)) : NULL;
    if (!answer)
        return false;
    negotiation->answer = answer;
    answer->description = description;
    answer->section_count = negotiation->offer->media_count;
    answer->sections = sdp_arena_alloc(arena, (answer->section_count + 1) * sizeof(*answer->sections));
    negotiation->filled_by = sdp_arena_alloc(arena, (negotiation->policy->source_count + 1) * sizeof(uint32_t));
    return !sdp_arena_failed(arena);
}

int sdp_answer(const struct sdp *offer, const struct sdp_answer_policy *policy, struct sdp_answer **ret_answer,
               struct sdp_error *ret_error)
{
    struct negotiation negotiation = {.offer = offer, .policy = policy};
    struct sdp_error error = {0};
    int status = prepare(&negotiation) ? negotiate(&negotiation, &error) : -ENOMEM;
    if (!status && sdp_arena_failed(negotiation.arena))
        status = -ENOMEM;
    if (status == -ENOMEM)
        set_error(&error, SDP_ERROR_MEMORY, "out of memory");
    if (status) {
        sdp_arena_destroy(negotiation.arena);
        *ret_error = error;
        return status;
    }
    *ret_answer = negotiation.answer;
    return 0;
}

void sdp_answer_free(struct sdp_answer *answer)
{
    if (answer)
        sdp_free(answer->description);
}
