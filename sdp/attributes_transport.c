// SPDX-License-Identifier: Apache-2.0
// Attributes of the transport: ICE (RFC 8839, 8840), DTLS (RFC 8122, 8842), BUNDLE (RFC 8843), SCTP (RFC 8841).
#include "parser.h"

#include <ctype.h>
#include <string.h>

#define ICE_CREDENTIAL_MAX 256 // RFC 8839 5.4; too short ones are refused by the answer, with its reason

static int parse_credential(struct parser *parser, struct scan value, const char **field, const char *reason)
{
    if (!scan_is_ice_chars(value) || scan_left(&value) > ICE_CREDENTIAL_MAX)
        return parser_fail(parser, reason);
    *field = parser_copy(parser, value);
    return 0;
}

static int parse_ufrag(struct parser *parser, struct scan value)
{
    return parse_credential(parser, value, &parser->level->ice_ufrag, "a=ice-ufrag is not 1 to 256 ice-chars");
}

static int parse_pwd(struct parser *parser, struct scan value)
{
    return parse_credential(parser, value, &parser->level->ice_pwd, "a=ice-pwd is not 1 to 256 ice-chars");
}

static int parse_ice_options(struct parser *parser, struct scan value)
{
    parser->level->ice_options = parser_copy(parser, value);
    return scan_done(&value) ? parser_fail(parser, "a=ice-options is empty") : 0;
}

static int parse_ice_lite(struct parser *parser, struct scan value)
{
    parser->sdp->ice_lite = true;
    return 0;
}

static int parse_end_of_candidates(struct parser *parser, struct scan value)
{
    parser->level->end_of_candidates = true;
    return 0;
}

static int parse_setup(struct parser *parser, struct scan value)
{
    static const char *const names[] = {
        [SDP_ACTPASS] = "actpass", [SDP_ACTIVE] = "active", [SDP_PASSIVE] = "passive", [SDP_HOLDCONN] = "holdconn"};
    for (unsigned i = SDP_ACTPASS; i <= SDP_HOLDCONN; i++) {
        if (scan_is(value, names[i])) {
            parser->level->setup = (enum sdp_setup)i;
            return 0;
        }
    }
    return parser_fail(parser, "a=setup is not actpass, active, passive or holdconn");
}

static const char *copy_folded(struct parser *parser, struct scan part, int (*fold)(int))
{
    char text[256];
    size_t length = scan_left(&part);
    if (length > sizeof(text))
        return "";
    for (size_t i = 0; i < length; i++)
        text[i] = (char)fold((unsigned char)part.at[i]);
    return sdp_arena_copy(parser->arena, text, length);
}

// Pairs of hexadecimal digits in either case, up to the 64 of SHA-512.
static bool is_digest(struct scan value)
{
    size_t length = scan_left(&value);
    if (length % 3 != 2 || length > 64 * 3)
        return false;
    for (size_t i = 0; i < length; i++)
        if (i % 3 == 2 ? value.at[i] != ':' : !isxdigit((unsigned char)value.at[i]))
            return false;
    return true;
}

// One that cannot be read cannot be matched: it counts as absent, and a section without any is refused.
static int parse_fingerprint(struct parser *parser, struct scan value)
{
    struct scan hash;
    if (!scan_word(&value, &hash) || !scan_is_token(hash) || scan_left(&hash) > 32 || !is_digest(value))
        return KEEP;
    struct sdp_fingerprint *fingerprint =
        SDP_APPEND(parser->arena, parser->level->fingerprints, parser->level->fingerprint_count);
    if (fingerprint)
        *fingerprint =
            (struct sdp_fingerprint){copy_folded(parser, hash, tolower), copy_folded(parser, value, toupper)};
    return 0;
}

static bool is_after_type(struct scan value)
{
    return scan_done(&value) || *value.at != ' ';
}

// <foundation> <component> <transport> <priority> <address> <port> typ <type> [<name> <value> ...]
static bool scan_candidate(struct parser *parser, struct scan value, struct sdp_candidate *ret_candidate)
{
    struct scan foundation, component_text, transport, priority_text, address, port_text, typ, type;
    uint64_t component, priority, port;
    if (!scan_word(&value, &foundation) || !scan_word(&value, &component_text) || !scan_word(&value, &transport) ||
        !scan_word(&value, &priority_text) || !scan_word(&value, &address) || !scan_word(&value, &port_text) ||
        !scan_word(&value, &typ) || !scan_is(typ, "typ") || !scan_word(&value, &type) || !is_after_type(value))
        return false;
    if (!scan_is_ice_chars(foundation) || !scan_whole_number(component_text, 999, &component) || component == 0 ||
        !scan_is_token(transport) || !scan_whole_number(priority_text, UINT32_MAX, &priority) ||
        scan_left(&address) > 255 || !scan_whole_number(port_text, UINT16_MAX, &port) || !scan_is_token(type))
        return false;
    *ret_candidate = (struct sdp_candidate){.foundation = parser_copy(parser, foundation),
                                            .transport = parser_copy(parser, transport),
                                            .address = parser_copy(parser, address),
                                            .type = parser_copy(parser, type),
                                            .rest = parser_copy(parser, value),
                                            .priority = (uint32_t)priority,
                                            .component = (uint16_t)component,
                                            .port = (uint16_t)port};
    return true;
}

static int parse_candidate(struct parser *parser, struct scan value)
{
    struct sdp_candidate candidate;
    if (!parser->media)
        return parser->is_fragment ? parser_fail(parser, "a=candidate before the first m= line (RFC 8840 9.2)") : KEEP;
    if (!scan_candidate(parser, value, &candidate))
        return parser_fail(parser, "a=candidate does not follow RFC 8839 5.1");
    if (parser->media->candidate_count == SDP_MAX_CANDIDATES)
        return parser_exceed(parser, "more than 64 candidates in a section");
    struct sdp_candidate *room = SDP_APPEND(parser->arena, parser->media->candidates, parser->media->candidate_count);
    if (room)
        *room = candidate;
    return 0;
}

static int parse_group(struct parser *parser, struct scan value)
{
    struct scan word;
    struct sdp_group *group = SDP_APPEND(parser->arena, parser->sdp->groups, parser->sdp->group_count);
    if (!group)
        return 0;
    if (!scan_word(&value, &word) || !scan_is_token(word))
        return parser_fail(parser, "a=group names no semantics");
    group->semantics = parser_copy(parser, word);
    while (scan_word(&value, &word)) {
        if (group->count == SDP_MAX_MEDIA)
            return parser_exceed(parser, "more than 128 sections in a group");
        const char **mid = SDP_APPEND(parser->arena, group->mids, group->count);
        if (mid)
            *mid = parser_copy(parser, word);
    }
    return 0;
}

static int parse_bundle_only(struct parser *parser, struct scan value)
{
    parser->media->bundle_only = true;
    return 0;
}

static int parse_rtcp_mux(struct parser *parser, struct scan value)
{
    parser->media->rtcp_mux = true;
    return 0;
}

static int parse_rtcp_mux_only(struct parser *parser, struct scan value)
{
    parser->media->rtcp_mux_only = true;
    return 0;
}

static int parse_rtcp_rsize(struct parser *parser, struct scan value)
{
    parser->media->rtcp_rsize = true;
    return 0;
}

static int parse_sctp_port(struct parser *parser, struct scan value)
{
    uint64_t port;
    if (!scan_whole_number(value, UINT16_MAX, &port))
        return KEEP;
    parser->media->sctp_port = (uint16_t)port;
    return KEEP; // printed as it came: a=sctp-port and a=sctpmap may stand side by side
}

// Before RFC 8841: a=sctpmap:5000 webrtc-datachannel 1024
static int parse_sctpmap(struct parser *parser, struct scan value)
{
    struct scan word;
    uint64_t port;
    if (!scan_word(&value, &word) || !scan_whole_number(word, UINT16_MAX, &port))
        return KEEP;
    if (!parser->media->sctp_port)
        parser->media->sctp_port = (uint16_t)port;
    return KEEP;
}

static int parse_max_message_size(struct parser *parser, struct scan value)
{
    parser->media->has_max_message_size = scan_whole_number(value, UINT64_MAX, &parser->media->max_message_size);
    return KEEP;
}

const struct attribute_rule sdp_transport_attributes[] = {
    {"candidate", true, true, parse_candidate},
    {"ice-ufrag", true, true, parse_ufrag},
    {"ice-pwd", true, true, parse_pwd},
    {"ice-options", true, true, parse_ice_options},
    {"ice-lite", true, false, parse_ice_lite},
    {"end-of-candidates", true, true, parse_end_of_candidates},
    {"setup", true, true, parse_setup},
    {"fingerprint", true, true, parse_fingerprint},
    {"group", true, false, parse_group},
    {"bundle-only", false, true, parse_bundle_only},
    {"rtcp-mux", false, true, parse_rtcp_mux},
    {"rtcp-mux-only", false, true, parse_rtcp_mux_only},
    {"rtcp-rsize", false, true, parse_rtcp_rsize},
    {"sctp-port", false, true, parse_sctp_port},
    {"sctpmap", false, true, parse_sctpmap},
    {"max-message-size", false, true, parse_max_message_size},
    {0},
};
