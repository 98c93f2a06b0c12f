// SPDX-License-Identifier: Apache-2.0
// What is negotiated beside the format: header extensions (RFC 8285), feedback (RFC 4585), rid (RFC 8853), sources.
#include "negotiation.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RTP_ID_MAX 16 // characters of a mid or rid in a one-byte header extension

static const char mid_uri[] = "urn:ietf:params:rtp-hdrext:sdes:mid";
static const char rid_uri[] = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

static bool is_received(const struct negotiation *negotiation, const struct sdp_section *section)
{
    if (negotiation->policy->role == SDP_ROLE_PEER)
        return section->direction == SDP_RECVONLY || section->direction == SDP_SENDRECV;
    return negotiation->policy->role == SDP_ROLE_PUBLISHER;
}

static bool is_sent(const struct negotiation *negotiation, const struct sdp_section *section)
{
    if (negotiation->policy->role == SDP_ROLE_PEER)
        return section->direction == SDP_SENDONLY || section->direction == SDP_SENDRECV;
    return negotiation->policy->role == SDP_ROLE_VIEWER;
}

static bool is_wanted_direction(const struct negotiation *negotiation, const struct sdp_section *section,
                                enum sdp_direction offered)
{
    enum sdp_direction needed = is_received(negotiation, section) ? SDP_SENDONLY : SDP_RECVONLY;
    return offered == SDP_DIRECTION_ABSENT || offered == SDP_SENDRECV || offered == needed;
}

// Some things serve who receives alone.
static bool has_use(const struct negotiation *negotiation, const struct sdp_section *section, uint32_t receiving,
                    unsigned index)
{
    return !(negotiation->policy->role == SDP_ROLE_PEER && receiving >> index & 1) || is_received(negotiation, section);
}

static const struct sdp_level *extension_level(const struct negotiation *negotiation, const struct sdp_media *media)
{
    return media->level.extension_count ? &media->level : &negotiation->offer->level;
}

static const struct sdp_extension *find_extension(const struct negotiation *negotiation, const struct sdp_media *media,
                                                  const struct sdp_section *section, const char *uri)
{
    const struct sdp_level *level = extension_level(negotiation, media);
    for (unsigned i = 0; i < level->extension_count; i++)
        if (strcmp(level->extensions[i].uri, uri) == 0 &&
            is_wanted_direction(negotiation, section, level->extensions[i].direction))
            return &level->extensions[i];
    return NULL;
}

// RFC 8285 7: an offerer with more extensions than ids leaves the choice to the answer. 0: none is left.
static uint8_t free_id(const struct sdp_level *level, const bool *is_used)
{
    for (uint8_t id = 1; id <= 14; id++) {
        bool is_free = !is_used[id];
        for (unsigned i = 0; i < level->extension_count; i++)
            is_free &= level->extensions[i].id != id;
        if (is_free)
            return id;
    }
    return 0;
}

// RFC 8843 9.3: in a bundle an id has one meaning. Some clients offer two, and then read what they are sent by the
// wrong one: a viewer gets the first alone. What a publisher sends is read by its section's own.
static bool has_one_meaning(struct negotiation *negotiation, const struct sdp_section *section, uint8_t id,
                            unsigned extension)
{
    uint8_t *meaning = &negotiation->meanings[id];
    if (!is_sent(negotiation, section))
        return true;
    if (!*meaning)
        *meaning = (uint8_t)(extension + 1);
    return *meaning == extension + 1;
}

static void choose_extensions(struct negotiation *negotiation, const struct sdp_media *media,
                              struct sdp_section *section)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    bool is_used[256] = {[0] = true, [15] = true}; // RFC 8285 4.2: 15 ends a one-byte header
    for (unsigned i = 0; i < policy->extension_count && i < SDP_MAX_EXTENSIONS; i++) {
        const char *uri = policy->extensions[i];
        const struct sdp_extension *offered = uri ? find_extension(negotiation, media, section, uri) : NULL;
        if (!offered || !has_use(negotiation, section, policy->receiving_extensions, i) ||
            (strcmp(uri, mid_uri) == 0 && strlen(section->mid) > RTP_ID_MAX))
            continue;
        uint8_t id = offered->id <= 255 ? (uint8_t)offered->id : free_id(extension_level(negotiation, media), is_used);
        if (!is_used[id] && has_one_meaning(negotiation, section, id, i))
            section->extension_ids[i] = id;
        is_used[id] = true;
    }
}

static bool contains(const char *const *texts, unsigned count, const char *wanted)
{
    for (unsigned i = 0; i < count; i++)
        if (strcasecmp(texts[i], wanted) == 0)
            return true;
    return false;
}

static bool is_offered(const struct sdp_media *media, const struct sdp_section *section, const char *feedback)
{
    for (unsigned i = 0; i < media->format_count; i++)
        if (media->formats[i].payload_type == section->payload_type &&
            contains((const char *const *)media->formats[i].feedback, media->formats[i].feedback_count, feedback))
            return true;
    return contains((const char *const *)media->feedback, media->feedback_count, feedback);
}

static void choose_feedback(const struct negotiation *negotiation, const struct sdp_media *media,
                            struct sdp_section *section)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    for (unsigned i = 0; i < policy->feedback_count && i < SDP_MAX_FEEDBACK; i++) {
        bool is_nack = strcasecmp(policy->feedback[i], "nack") == 0;
        if (is_nack && section->rtx_payload_type == SDP_NO_PAYLOAD) // lost packets are sent again through RTX only
            continue;
        if (is_offered(media, section, policy->feedback[i]) &&
            has_use(negotiation, section, policy->receiving_feedback, i))
            section->feedback |= 1u << i;
    }
}

// RFC 8851 5: a rid may be bound to payload types, "pt=96,97".
static bool allows_payload_type(const struct sdp_rid *rid, uint8_t payload_type)
{
    char list[128];
    const char *at = list;
    if (sdp_fmtp_get(rid->restrictions, "pt", list, sizeof(list)) <= 0)
        return true;
    for (; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (atoi(at) == payload_type)
            return true;
    return false;
}

static const char *find_rid(const struct sdp_media *media, const char *id, size_t length, uint8_t payload_type)
{
    for (unsigned i = 0; i < media->rid_count; i++) {
        const struct sdp_rid *rid = &media->rids[i];
        if (rid->is_send && strlen(rid->id) == length && memcmp(rid->id, id, length) == 0 && length <= RTP_ID_MAX &&
            allows_payload_type(rid, payload_type))
            return rid->id;
    }
    return NULL;
}

// RFC 8853 5.2: the first is the most preferred. '~' marks those that are paused.
static const char *choose_rid(const struct sdp_media *media, uint8_t payload_type)
{
    const char *at = media->simulcast_send;
    while (*at) {
        size_t length = strcspn(at, ";,");
        const char *rid = *at == '~' ? NULL : find_rid(media, at, length, payload_type);
        if (rid)
            return rid;
        at += length + (at[length] ? 1 : 0);
    }
    bool is_single = !*media->simulcast_send && media->rid_count == 1;
    const char *rid = is_single ? media->rids[0].id : "";
    return is_single && find_rid(media, rid, strlen(rid), payload_type) ? rid : "";
}

// A rid that no packet carries would tell nothing.
static bool has_rid_extension(const struct sdp_answer_policy *policy, const struct sdp_section *section)
{
    for (unsigned i = 0; i < policy->extension_count && i < SDP_MAX_EXTENSIONS; i++)
        if (section->extension_ids[i] && strcmp(policy->extensions[i], rid_uri) == 0)
            return true;
    return false;
}

static void split_msid(struct sdp_arena *arena, const char *msid, struct sdp_section *section)
{
    size_t length = strcspn(msid, " ");
    if (!scan_is_printable((struct scan){msid, msid + strlen(msid)})) // RFC 8830 2: tokens
        return;
    section->stream_id = sdp_arena_copy(arena, msid, length);
    section->track_id = msid[length] ? sdp_arena_copy_string(arena, msid + length + 1) : "";
}

static void copy_sources(struct sdp_arena *arena, const struct sdp_media *media, struct sdp_section *section)
{
    struct sdp_ssrc *copies = sdp_arena_alloc(arena, (media->ssrc_count + 1) * sizeof(*copies));
    for (unsigned i = 0; copies && i < media->ssrc_count; i++)
        copies[i] = (struct sdp_ssrc){media->ssrcs[i].ssrc, sdp_arena_copy_string(arena, media->ssrcs[i].cname),
                                      sdp_arena_copy_string(arena, media->ssrcs[i].msid)};
    section->ssrcs = copies;
    section->ssrc_count = copies ? media->ssrc_count : 0;
    if (media->msid_count)
        split_msid(arena, media->msids[0], section);
    else if (section->ssrc_count)
        split_msid(arena, copies[0].msid, section);
    if (section->ssrc_count)
        section->cname = copies[0].cname;
}

// The SSRC of the stream, and the one of its repairs (RFC 5576 4.2, RFC 4588 8.5). With rids they are learned.
static void choose_ssrcs(const struct sdp_media *media, struct sdp_section *section)
{
    if (*section->rid)
        return;
    for (unsigned i = 0; i < media->ssrc_group_count; i++) {
        const struct sdp_ssrc_group *group = &media->ssrc_groups[i];
        if (strcmp(group->semantics, "FID") != 0 || group->count != 2)
            continue;
        section->ssrc = group->ssrcs[0];
        if (section->rtx_payload_type != SDP_NO_PAYLOAD)
            section->rtx_ssrc = group->ssrcs[1];
        return;
    }
    if (media->ssrc_count)
        section->ssrc = media->ssrcs[0].ssrc;
}

void sdp_choose_details(struct negotiation *negotiation, const struct sdp_media *media, struct sdp_section *section)
{
    const struct sdp_media *transport = sdp_transport_media(negotiation, media);
    section->remote_ufrag = sdp_arena_copy_string(negotiation->arena, sdp_ice_ufrag(negotiation->offer, transport));
    section->remote_pwd = sdp_arena_copy_string(negotiation->arena, sdp_ice_pwd(negotiation->offer, transport));
    if (media->kind == SDP_APPLICATION)
        return;
    choose_extensions(negotiation, media, section);
    choose_feedback(negotiation, media, section);
    section->rtcp_rsize = media->rtcp_rsize || transport->rtcp_rsize;
    copy_sources(negotiation->arena, media, section);
    if (section->direction != SDP_RECVONLY && section->direction != SDP_SENDRECV)
        return;
    if (has_rid_extension(negotiation->policy, section))
        section->rid = sdp_arena_copy_string(negotiation->arena, choose_rid(media, section->payload_type));
    choose_ssrcs(media, section);
}
