// SPDX-License-Identifier: Apache-2.0
// Attributes of what a section carries: direction, mid, extensions (RFC 8285), sources (RFC 5576), rids (RFC 8851,
// 8853).
#include "parser.h"

#include <string.h>

static int set_direction(struct parser *parser, enum sdp_direction direction)
{
    parser->level->direction = direction;
    return 0;
}

static int parse_sendrecv(struct parser *parser, struct scan value)
{
    return set_direction(parser, SDP_SENDRECV);
}

static int parse_sendonly(struct parser *parser, struct scan value)
{
    return set_direction(parser, SDP_SENDONLY);
}

static int parse_recvonly(struct parser *parser, struct scan value)
{
    return set_direction(parser, SDP_RECVONLY);
}

static int parse_inactive(struct parser *parser, struct scan value)
{
    return set_direction(parser, SDP_INACTIVE);
}

// RFC 5888 4: unique within a description.
static bool is_taken_mid(const struct sdp *sdp, struct scan mid)
{
    for (unsigned i = 0; i + 1 < sdp->media_count; i++)
        if (scan_is(mid, sdp->media[i].mid))
            return true;
    return false;
}

static int parse_mid(struct parser *parser, struct scan value)
{
    if (!scan_is_token(value))
        return parser_fail(parser, "a=mid is no token");
    if (!parser->is_fragment && is_taken_mid(parser->sdp, value))
        return parser_fail(parser, "another section has the same a=mid");
    parser->media->mid = parser_copy(parser, value);
    return 0;
}

static bool scan_direction(struct scan word, enum sdp_direction *ret_direction)
{
    static const char *const names[] = {[SDP_SENDONLY] = "sendonly",
                                        [SDP_RECVONLY] = "recvonly",
                                        [SDP_SENDRECV] = "sendrecv",
                                        [SDP_INACTIVE] = "inactive"};
    for (unsigned i = SDP_SENDONLY; i <= SDP_INACTIVE; i++) {
        if (scan_is(word, names[i])) {
            *ret_direction = (enum sdp_direction)i;
            return true;
        }
    }
    return false;
}

static bool is_extension_id(uint64_t id)
{
    return (id >= 1 && id <= 255) || (id >= 4096 && id <= 4351); // RFC 8285 7: the latter are provisional
}

// <id>[/<direction>] <URI> [<attributes>]
static int parse_extmap(struct parser *parser, struct scan value)
{
    struct scan word, uri;
    uint64_t id;
    enum sdp_direction direction = SDP_DIRECTION_ABSENT;
    if (!scan_word(&value, &word) || !scan_number(&word, UINT16_MAX, &id) || !is_extension_id(id))
        return parser_fail(parser, "a=extmap does not begin with an id of RFC 8285");
    if (scan_char(&word, '/') ? !scan_direction(word, &direction) : !scan_done(&word))
        return parser_fail(parser, "a=extmap has an unknown direction");
    if (!scan_word(&value, &uri))
        return parser_fail(parser, "a=extmap has no URI");
    if (parser->level->extension_count == SDP_MAX_EXTMAPS)
        return parser_exceed(parser, "more than 64 header extensions in a section");
    struct sdp_extension *extension =
        SDP_APPEND(parser->arena, parser->level->extensions, parser->level->extension_count);
    if (extension)
        *extension =
            (struct sdp_extension){(uint16_t)id, direction, parser_copy(parser, uri), parser_copy(parser, value)};
    return 0;
}

static int parse_extmap_allow_mixed(struct parser *parser, struct scan value)
{
    parser->level->extmap_allow_mixed = true;
    return 0;
}

static int parse_msid(struct parser *parser, struct scan value)
{
    if (scan_done(&value) || *value.at == ' ')
        return parser_fail(parser, "a=msid is empty");
    const char **msid = SDP_APPEND(parser->arena, parser->media->msids, parser->media->msid_count);
    if (msid)
        *msid = parser_copy(parser, value);
    return 0;
}

static int find_ssrc(struct parser *parser, uint32_t ssrc, struct sdp_ssrc **ret_entry)
{
    struct sdp_media *media = parser->media;
    for (unsigned i = media->ssrc_count; i-- > 0;) {
        if (media->ssrcs[i].ssrc == ssrc) {
            *ret_entry = &media->ssrcs[i];
            return 0;
        }
    }
    if (media->ssrc_count == SDP_MAX_SSRCS)
        return parser_exceed(parser, "more than 128 SSRCs in a section");
    *ret_entry = SDP_APPEND(parser->arena, media->ssrcs, media->ssrc_count);
    if (*ret_entry)
        **ret_entry = (struct sdp_ssrc){ssrc, "", ""};
    return 0;
}

// <ssrc> <attribute>[:<value>]
static int parse_ssrc(struct parser *parser, struct scan value)
{
    struct scan word;
    uint64_t ssrc;
    struct sdp_ssrc *entry = NULL;
    if (!scan_word(&value, &word) || !scan_whole_number(word, UINT32_MAX, &ssrc) || scan_done(&value))
        return KEEP; // RFC 5576 4.1: a hint; SSRCs are learned as well
    int status = find_ssrc(parser, (uint32_t)ssrc, &entry);
    if (status || !entry)
        return status;
    const char **field = scan_literal(&value, "cname:")  ? &entry->cname
                         : scan_literal(&value, "msid:") ? &entry->msid
                                                         : NULL;
    if (!field || **field || scan_done(&value))
        return KEEP;
    *field = parser_copy(parser, value);
    return 0;
}

static int parse_ssrc_group(struct parser *parser, struct scan value)
{
    struct scan word;
    uint64_t ssrc;
    struct sdp_ssrc_group group = {.semantics = ""};
    if (!scan_word(&value, &word) || !scan_is_token(word))
        return KEEP;
    group.semantics = parser_copy(parser, word);
    while (scan_word(&value, &word)) {
        if (!scan_whole_number(word, UINT32_MAX, &ssrc))
            return KEEP;
        uint32_t *member = SDP_APPEND(parser->arena, group.ssrcs, group.count);
        if (member)
            *member = (uint32_t)ssrc;
    }
    struct sdp_ssrc_group *room =
        SDP_APPEND(parser->arena, parser->media->ssrc_groups, parser->media->ssrc_group_count);
    if (room)
        *room = group;
    return 0;
}

// <id> send|recv [<restrictions>]
static int parse_rid(struct parser *parser, struct scan value)
{
    struct scan id, direction;
    if (!scan_word(&value, &id) || !scan_is_token(id) || !scan_word(&value, &direction) ||
        (!scan_is(direction, "send") && !scan_is(direction, "recv")))
        return KEEP; // RFC 8851 6.3: discarded
    if (parser->media->rid_count == SDP_MAX_RIDS)
        return parser_exceed(parser, "more than 64 rids in a section");
    struct sdp_rid *rid = SDP_APPEND(parser->arena, parser->media->rids, parser->media->rid_count);
    if (rid)
        *rid = (struct sdp_rid){parser_copy(parser, id), parser_copy(parser, value), scan_is(direction, "send")};
    return 0;
}

// send <streams> [recv <streams>], or the other order. Drafts had another form: it is kept as an unknown attribute.
static int parse_simulcast(struct parser *parser, struct scan value)
{
    struct scan direction, streams;
    const char *send = "", *receive = "";
    while (scan_word(&value, &direction) && scan_word(&value, &streams)) {
        if (memchr(streams.at, '=', scan_left(&streams)))
            return KEEP;
        if (scan_is(direction, "send") && !*send)
            send = parser_copy(parser, streams);
        else if (scan_is(direction, "recv") && !*receive)
            receive = parser_copy(parser, streams);
        else
            return KEEP;
    }
    if (!scan_done(&value) || (!*send && !*receive))
        return KEEP;
    parser->media->simulcast_send = send;
    parser->media->simulcast_receive = receive;
    return 0;
}

const struct attribute_rule sdp_stream_attributes[] = {
    {"sendrecv", true, true, parse_sendrecv},
    {"sendonly", true, true, parse_sendonly},
    {"recvonly", true, true, parse_recvonly},
    {"inactive", true, true, parse_inactive},
    {"mid", false, true, parse_mid},
    {"extmap", true, true, parse_extmap},
    {"extmap-allow-mixed", true, true, parse_extmap_allow_mixed},
    {"msid", false, true, parse_msid},
    {"ssrc", false, true, parse_ssrc},
    {"ssrc-group", false, true, parse_ssrc_group},
    {"rid", false, true, parse_rid},
    {"simulcast", false, true, parse_simulcast},
    {0},
};
