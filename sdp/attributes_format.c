// SPDX-License-Identifier: Apache-2.0
// Attributes that describe payload types: rtpmap, fmtp, rtcp-fb (RFC 8866 6.6, 6.15, RFC 4585 4.2). What cannot be
// read is kept and otherwise ignored (RFC 8866 5.13): the payload type is then one that nobody chooses.
#include "parser.h"

#include <strings.h>

// NULL: not a payload type of this m-line. Such lines mean nothing (RFC 8866 6.6) and are kept as they are.
static struct sdp_format *format_of(struct parser *parser, struct scan word)
{
    uint64_t payload_type;
    if (!parser->media->is_rtp || !scan_whole_number(word, 127, &payload_type))
        return NULL;
    unsigned index = parser->format_index[payload_type];
    return index ? &parser->media->formats[index - 1] : NULL;
}

// A name with a clock rate or channels of its own is another codec.
static void recognise(struct sdp_format *format)
{
    format->codec = sdp_codec_find(format->encoding);
    if (format->codec == SDP_CODEC_RTX || format->codec == SDP_CODEC_OTHER)
        return;
    if (format->clock_rate != sdp_codec_clock_rate(format->codec) ||
        format->channels != sdp_codec_channels(format->codec))
        format->codec = SDP_CODEC_OTHER;
}

// <payload type> <encoding>/<clock rate>[/<channels>]
static int parse_rtpmap(struct parser *parser, struct scan value)
{
    struct scan word, encoding, clock;
    uint64_t clock_rate, channels = 1;
    if (!scan_word(&value, &word) || !scan_until(&value, '/', &encoding) || !scan_is_token(encoding) ||
        !scan_until(&value, '/', &clock) || !scan_whole_number(clock, UINT32_MAX, &clock_rate) || clock_rate == 0)
        return KEEP;
    bool has_channels = scan_whole_number(value, 255, &channels);
    struct sdp_format *format = format_of(parser, word);
    if (!format || *format->encoding || (!scan_done(&value) && !has_channels))
        return KEEP;
    format->encoding = parser_copy(parser, encoding);
    format->clock_rate = (uint32_t)clock_rate;
    format->channels = has_channels && channels ? (uint8_t)channels : 1;
    recognise(format);
    return 0;
}

static int parse_fmtp(struct parser *parser, struct scan value)
{
    struct scan word;
    if (!scan_word(&value, &word) || scan_done(&value))
        return KEEP;
    struct sdp_format *format = format_of(parser, word);
    if (!format || *format->fmtp || !scan_is_printable(value)) // no codec has others; it goes on to JSON
        return KEEP;
    format->fmtp = parser_copy(parser, value);
    return 0;
}

static int parse_rtcp_fb(struct parser *parser, struct scan value)
{
    struct scan word;
    const char **feedback;
    if (!scan_word(&value, &word) || scan_done(&value))
        return KEEP;
    struct sdp_format *format = format_of(parser, word);
    if (scan_is(word, "*"))
        feedback = SDP_APPEND(parser->arena, parser->media->feedback, parser->media->feedback_count);
    else if (format)
        feedback = SDP_APPEND(parser->arena, format->feedback, format->feedback_count);
    else
        return KEEP;
    if (feedback)
        *feedback = parser_copy(parser, value);
    return 0;
}

const struct attribute_rule sdp_format_attributes[] = {
    {"rtpmap", false, true, parse_rtpmap},
    {"fmtp", false, true, parse_fmtp},
    {"rtcp-fb", false, true, parse_rtcp_fb},
    {0},
};
