// SPDX-License-Identifier: Apache-2.0
// m= lines (RFC 8866 5.14).
#include "parser.h"

#include <string.h>

static bool is_protocol(struct scan text)
{
    struct scan part;
    if (text.end[-1] == '/')
        return false;
    while (!scan_done(&text))
        if (!scan_until(&text, '/', &part) || !scan_is_token(part))
            return false;
    return true;
}

static bool carries_rtp(struct scan protocol)
{
    struct scan part;
    while (scan_until(&protocol, '/', &part))
        if (scan_is(part, "RTP"))
            return true;
    return false;
}

static enum sdp_kind kind_of(struct scan type)
{
    if (scan_is(type, "audio"))
        return SDP_AUDIO;
    if (scan_is(type, "video"))
        return SDP_VIDEO;
    return scan_is(type, "application") ? SDP_APPLICATION : SDP_OTHER;
}

// RFC 3551 6: a few payload types need no rtpmap.
static void set_static_format(struct sdp_format *format, uint8_t payload_type)
{
    *format = (struct sdp_format){.payload_type = payload_type, .channels = 1, .encoding = "", .fmtp = ""};
    if (payload_type == 0)
        format->codec = SDP_CODEC_PCMU;
    if (payload_type == 8)
        format->codec = SDP_CODEC_PCMA;
    if (format->codec)
        format->clock_rate = sdp_codec_clock_rate(format->codec);
}

static int parse_payload_types(struct parser *parser, struct scan formats)
{
    struct sdp_media *media = parser->media;
    struct scan word;
    uint64_t payload_type;
    while (scan_word(&formats, &word)) {
        if (!scan_whole_number(word, 127, &payload_type))
            return parser_fail(parser, "m= names a payload type that is not 0 to 127");
        if (parser->format_index[payload_type])
            continue; // named twice: once is meant
        if (media->format_count == SDP_MAX_FORMATS)
            return parser_exceed(parser, "more than 64 payload types in a section");
        struct sdp_format *format = SDP_APPEND(parser->arena, media->formats, media->format_count);
        if (!format)
            return 0;
        set_static_format(format, (uint8_t)payload_type);
        parser->format_index[payload_type] = (uint8_t)media->format_count;
    }
    return scan_done(&formats) ? 0 : parser_fail(parser, "two spaces in m=");
}

static int parse_formats(struct parser *parser, struct scan formats)
{
    struct scan word, rest = formats;
    if (scan_done(&formats) || formats.end[-1] == ' ')
        return parser_fail(parser, "m= names no format, or ends with a space");
    parser->media->formats_text = parser_copy(parser, formats);
    if (parser->media->is_rtp)
        return parse_payload_types(parser, formats);
    while (scan_word(&rest, &word))
        if (!scan_is_token(word) && !parser->is_fragment)
            return parser_fail(parser, "m= names a format that is no token");
    return scan_done(&rest) ? 0 : parser_fail(parser, "two spaces in m=");
}

static bool parse_port(struct scan word, struct sdp_media *media)
{
    uint64_t port, count = 1;
    if (!scan_number(&word, UINT16_MAX, &port))
        return false;
    if (!scan_done(&word) && (!scan_char(&word, '/') || !scan_whole_number(word, UINT16_MAX, &count) || count == 0))
        return false;
    media->port = (uint16_t)port;
    media->port_count = (uint16_t)count;
    return true;
}

int sdp_parse_media_line(struct parser *parser, struct scan value)
{
    struct scan type, port, protocol;
    if (parser->sdp->media_count == SDP_MAX_MEDIA)
        return parser_exceed(parser, "more than 128 media sections");
    struct sdp_media *media = sdp_append_media(parser->sdp);
    if (!media)
        return 0;
    parser->media = media;
    parser->level = &media->level;
    memset(parser->format_index, 0, sizeof(parser->format_index));
    if (!scan_word(&value, &type) || !scan_is_token(type))
        return parser_fail(parser, "m= does not begin with a media type");
    if (!scan_word(&value, &port) || !parse_port(port, media))
        return parser_fail(parser, "the port of m= is not 0 to 65535");
    if (!scan_word(&value, &protocol) || !is_protocol(protocol))
        return parser_fail(parser, "m= names no protocol");
    media->type = parser_copy(parser, type);
    media->kind = kind_of(type);
    media->protocol = parser_copy(parser, protocol);
    media->is_rtp = carries_rtp(protocol);
    return parse_formats(parser, value);
}
