// SPDX-License-Identifier: Apache-2.0
// The answer as a description: RFC 8829 5.3.1, RFC 8843 7.3.
#include "negotiation.h"
#include "parser.h"

#include <string.h>

static struct sdp_line *append_line(struct sdp_arena *arena, struct sdp_level *level, char type, const char *value)
{
    struct sdp_line *line = SDP_APPEND(arena, level->lines, level->line_count);
    if (line)
        *line = (struct sdp_line){type, value};
    return line;
}

static void describe_bundle(struct negotiation *negotiation, struct sdp *sdp)
{
    struct sdp_arena *arena = negotiation->arena;
    const struct sdp_answer *answer = negotiation->answer;
    if (!negotiation->bundle || answer->tag == SDP_NO_SECTION)
        return;
    struct sdp_group bundle = {.semantics = "BUNDLE"};
    for (unsigned i = 0; i < negotiation->bundle->count; i++) {
        for (uint32_t k = 0; k < answer->section_count; k++) {
            if (answer->sections[k].verdict != SDP_ACCEPTED || !*answer->sections[k].mid ||
                strcmp(answer->sections[k].mid, negotiation->bundle->mids[i]) != 0)
                continue;
            const char **mid = SDP_APPEND(arena, bundle.mids, bundle.count);
            if (mid)
                *mid = answer->sections[k].mid;
        }
    }
    struct sdp_group *group = bundle.count ? SDP_APPEND(arena, sdp->groups, sdp->group_count) : NULL;
    if (group)
        *group = bundle;
}

void sdp_describe_session(struct negotiation *negotiation)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    struct sdp_arena *arena = negotiation->arena;
    struct sdp *sdp = negotiation->answer->description;
    sdp->origin = (struct sdp_origin){"-", sdp_arena_printf(arena, "%llu", (unsigned long long)policy->session_id),
                                      sdp_arena_printf(arena, "%llu", (unsigned long long)policy->session_version),
                                      "IP4", "127.0.0.1"};
    sdp->name = "-";
    append_line(arena, &sdp->level, 't', "0 0");
    sdp->ice_lite = policy->ice_lite;
    sdp->level.ice_options = "trickle ice2"; // RFC 8838 3, RFC 8445 10
    sdp->level.extmap_allow_mixed = negotiation->offer->level.extmap_allow_mixed;
    describe_bundle(negotiation, sdp);
}

// RFC 8839 4.2.1.2: IPv4 first, where there is any; candidates of TCP stand behind those of UDP.
static const struct sdp_local_candidate *default_candidate(const struct sdp_answer_policy *policy)
{
    for (unsigned i = 0; i < policy->candidate_count; i++)
        if (!policy->candidates[i].is_tcp && !strchr(policy->candidates[i].address, ':'))
            return &policy->candidates[i];
    return policy->candidate_count ? &policy->candidates[0] : NULL;
}

// RFC 8843 7.3.1: bundled sections have the address of the tag.
static void describe_address(struct negotiation *negotiation, struct sdp_media *media, bool is_accepted)
{
    const struct sdp_local_candidate *candidate = default_candidate(negotiation->policy);
    const char *connection = "IN IP4 0.0.0.0";
    media->port = is_accepted ? 9 : 0;
    if (is_accepted && candidate) {
        media->port = candidate->port;
        connection = sdp_arena_printf(negotiation->arena, "IN %s %s", strchr(candidate->address, ':') ? "IP6" : "IP4",
                                      candidate->address);
    }
    media->level.connection = connection;
    append_line(negotiation->arena, &media->level, 'c', connection);
}

static void append_attribute(struct sdp_arena *arena, struct sdp_media *media, const char *name, const char *value)
{
    struct sdp_attribute *attribute = SDP_APPEND(arena, media->level.attributes, media->level.attribute_count);
    if (attribute)
        *attribute = (struct sdp_attribute){name, value};
}

// Repeated in every section, as browsers do: RFC 8843 7.1.3 gives weight to the tag's alone, but aiortc refuses a
// description in which any section, a rejected one included, lacks them.
static void describe_transport(struct negotiation *negotiation, struct sdp_media *media)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    struct sdp_arena *arena = negotiation->arena;
    media->level.ice_ufrag = sdp_arena_copy_string(arena, policy->ice_ufrag);
    media->level.ice_pwd = sdp_arena_copy_string(arena, policy->ice_pwd);
    media->level.setup = negotiation->answer->local_setup;
    struct sdp_fingerprint *fingerprint = SDP_APPEND(arena, media->level.fingerprints, media->level.fingerprint_count);
    if (fingerprint)
        *fingerprint = (struct sdp_fingerprint){sdp_arena_copy_string(arena, policy->fingerprint_hash),
                                                sdp_arena_copy_string(arena, policy->fingerprint)};
    if (policy->tls_id && *negotiation->answer->tls_id)
        append_attribute(arena, media, "tls-id", sdp_arena_copy_string(arena, policy->tls_id));
    media->rtcp_mux = media->kind == SDP_AUDIO || media->kind == SDP_VIDEO;
}

static void describe_candidates(struct negotiation *negotiation, struct sdp_media *media)
{
    struct sdp_arena *arena = negotiation->arena;
    for (unsigned i = 0; i < negotiation->policy->candidate_count; i++) {
        const struct sdp_local_candidate *local = &negotiation->policy->candidates[i];
        struct sdp_candidate *candidate = SDP_APPEND(arena, media->candidates, media->candidate_count);
        if (!candidate)
            return;
        *candidate = (struct sdp_candidate){.foundation = sdp_arena_printf(arena, "%u", i + 1),
                                            .transport = local->is_tcp ? "tcp" : "udp",
                                            .address = sdp_arena_copy_string(arena, local->address),
                                            .type = "host",
                                            .rest = local->is_tcp ? "tcptype passive" : "",
                                            .priority = local->priority,
                                            .component = 1,
                                            .port = local->port};
    }
    media->level.end_of_candidates = true; // RFC 8838 14: all are here
}

static void describe_extensions(struct negotiation *negotiation, const struct sdp_media *offered,
                                const struct sdp_section *section, struct sdp_media *media)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    media->level.extmap_allow_mixed = offered->level.extmap_allow_mixed;
    for (unsigned i = 0; i < policy->extension_count && i < SDP_MAX_EXTENSIONS; i++) {
        if (!section->extension_ids[i])
            continue;
        struct sdp_extension *extension =
            SDP_APPEND(negotiation->arena, media->level.extensions, media->level.extension_count);
        if (extension)
            *extension = (struct sdp_extension){
                .id = section->extension_ids[i],
                .uri = sdp_arena_copy_string(negotiation->arena, policy->extensions[i]),
                .attributes = "",
            };
    }
}

// RFC 8853 5.3.2: streams that the answer does not name are not sent.
static void describe_rid(struct negotiation *negotiation, const struct sdp_media *offered,
                         const struct sdp_section *section, struct sdp_media *media)
{
    if (!*section->rid)
        return;
    struct sdp_rid *rid = SDP_APPEND(negotiation->arena, media->rids, media->rid_count);
    if (rid)
        *rid = (struct sdp_rid){section->rid, "", false};
    if (*offered->simulcast_send)
        media->simulcast_receive = section->rid;
}

static void append_ssrc(struct negotiation *negotiation, struct sdp_media *media, uint32_t ssrc, const char *cname,
                        const char *msid)
{
    struct sdp_ssrc *entry = SDP_APPEND(negotiation->arena, media->ssrcs, media->ssrc_count);
    if (entry)
        *entry = (struct sdp_ssrc){ssrc, sdp_arena_copy_string(negotiation->arena, cname), msid};
}

static void describe_fid_group(struct sdp_arena *arena, struct sdp_media *media, uint32_t ssrc, uint32_t rtx_ssrc)
{
    struct sdp_ssrc_group *group = SDP_APPEND(arena, media->ssrc_groups, media->ssrc_group_count);
    uint32_t *members = sdp_arena_alloc(arena, 2 * sizeof(*members));
    if (!group || !members)
        return;
    members[0] = ssrc;
    members[1] = rtx_ssrc;
    *group = (struct sdp_ssrc_group){"FID", 2, members};
}

static void describe_source(struct negotiation *negotiation, const struct sdp_section *section, struct sdp_media *media)
{
    if (section->source == SDP_NO_SOURCE)
        return;
    const struct sdp_source *source = &negotiation->policy->sources[section->source];
    struct sdp_arena *arena = negotiation->arena;
    const char *stream = source->stream_id && *source->stream_id ? source->stream_id : "-"; // RFC 8830 2: no stream
    const char *track = source->track_id ? source->track_id : "";
    const char *text = sdp_arena_printf(arena, "%s%s%s", stream, *track ? " " : "", track);
    const char **msid = SDP_APPEND(arena, media->msids, media->msid_count);
    if (msid)
        *msid = text;
    append_ssrc(negotiation, media, source->ssrc, source->cname, text);
    if (section->rtx_payload_type == SDP_NO_PAYLOAD || !source->rtx_ssrc)
        return;
    append_ssrc(negotiation, media, source->rtx_ssrc, source->cname, text);
    describe_fid_group(arena, media, source->ssrc, source->rtx_ssrc);
}

// RFC 8841 5 and 6; what was offered in the form before it is answered in that form.
static void describe_data(struct negotiation *negotiation, struct sdp_media *media)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    struct sdp_arena *arena = negotiation->arena;
    const char *port = sdp_arena_printf(arena, "%u", policy->sctp_port);
    bool is_old = strcmp(media->protocol, "DTLS/SCTP") == 0;
    media->formats_text = is_old ? port : "webrtc-datachannel";
    if (is_old)
        append_attribute(arena, media, "sctpmap", sdp_arena_printf(arena, "%s webrtc-datachannel 1024", port));
    else
        append_attribute(arena, media, "sctp-port", port);
    append_attribute(arena, media, "max-message-size",
                     sdp_arena_printf(arena, "%llu", (unsigned long long)policy->max_message_size));
}

static void describe_accepted(struct negotiation *negotiation, uint32_t index, struct sdp_media *media)
{
    const struct sdp_media *offered = &negotiation->offer->media[index];
    const struct sdp_section *section = &negotiation->answer->sections[index];
    if (index == negotiation->answer->tag)
        describe_candidates(negotiation, media);
    if (section->kind == SDP_APPLICATION) {
        describe_data(negotiation, media);
        return;
    }
    media->level.direction = section->direction;
    media->rtcp_rsize = section->rtcp_rsize;
    describe_extensions(negotiation, offered, section, media);
    sdp_describe_formats(negotiation, section, media);
    describe_rid(negotiation, offered, section, media);
    describe_source(negotiation, section, media);
}

void sdp_describe_section(struct negotiation *negotiation, uint32_t index)
{
    const struct sdp_media *offered = &negotiation->offer->media[index];
    struct sdp_arena *arena = negotiation->arena;
    bool is_accepted = negotiation->answer->sections[index].verdict == SDP_ACCEPTED;
    struct sdp_media *media = sdp_append_media(negotiation->answer->description);
    if (!media)
        return;
    media->kind = offered->kind;
    media->is_rtp = offered->is_rtp;
    media->type = sdp_arena_copy_string(arena, offered->type);
    media->protocol = sdp_arena_copy_string(arena, offered->protocol);
    media->mid = negotiation->answer->sections[index].mid;
    describe_address(negotiation, media, is_accepted);
    describe_transport(negotiation, media);
    if (is_accepted) {
        describe_accepted(negotiation, index, media);
        return;
    }
    media->formats_text = sdp_arena_copy_string(arena, offered->formats_text); // RFC 3264 6: any, but at least one
    media->level.direction = SDP_INACTIVE;
}
