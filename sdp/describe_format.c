// SPDX-License-Identifier: Apache-2.0
// The formats of an accepted section: the chosen one, in an offer others behind it, and RTX for each.
#include "negotiation.h"

#include <string.h>
#include <strings.h>

// Which parameters an answer repeats: those that identify the format, and what an Opus receiver would like.
static bool is_answered_parameter(enum sdp_codec codec, const char *parameter)
{
    static const char *const names[SDP_CODECS][4] = {
        [SDP_CODEC_H264] = {"level-asymmetry-allowed=", "packetization-mode=", "profile-level-id="},
        [SDP_CODEC_VP9] = {"profile-id="},
        [SDP_CODEC_AV1] = {"profile=", "level-idx=", "tier="},
        [SDP_CODEC_OPUS] = {"minptime=", "useinbandfec=", "stereo=", "usedtx="},
    };
    for (unsigned i = 0; i < 4 && names[codec][i]; i++)
        if (strncasecmp(parameter, names[codec][i], strlen(names[codec][i])) == 0)
            return true;
    return false;
}

static const char *answer_fmtp(struct sdp_arena *arena, enum sdp_codec codec, const char *fmtp)
{
    const char *result = "";
    const char *at = fmtp + strspn(fmtp, " ;");
    for (unsigned i = 0; *at && i < 32; i++) {
        int length = (int)strcspn(at, ";");
        if (is_answered_parameter(codec, at))
            result = sdp_arena_printf(arena, "%s%s%.*s", result, *result ? ";" : "", length, at);
        at += length;
        at += strspn(at, " ;");
    }
    return result;
}

static struct sdp_format *append_format(struct negotiation *negotiation, struct sdp_media *media, uint8_t payload_type)
{
    struct sdp_format *format = SDP_APPEND(negotiation->arena, media->formats, media->format_count);
    if (format)
        *format = (struct sdp_format){.payload_type = payload_type, .channels = 1, .encoding = "", .fmtp = ""};
    media->formats_text = sdp_arena_printf(negotiation->arena, "%s%s%u", media->formats_text,
                                           *media->formats_text ? " " : "", payload_type);
    return format;
}

static void describe_feedback(struct negotiation *negotiation, const struct sdp_section *section, bool has_rtx,
                              struct sdp_format *format)
{
    for (unsigned i = 0; i < SDP_MAX_FEEDBACK; i++) {
        if (!(section->feedback >> i & 1) || (!has_rtx && strcmp(negotiation->policy->feedback[i], "nack") == 0))
            continue;
        const char **feedback = SDP_APPEND(negotiation->arena, format->feedback, format->feedback_count);
        if (feedback)
            *feedback = sdp_arena_copy_string(negotiation->arena, negotiation->policy->feedback[i]);
    }
}

static void describe_format(struct negotiation *negotiation, const struct sdp_section *section,
                            const struct sdp_format *like, uint8_t rtx_payload_type, struct sdp_media *media)
{
    struct sdp_arena *arena = negotiation->arena;
    bool has_rtx = rtx_payload_type != SDP_NO_PAYLOAD;
    struct sdp_format *format = append_format(negotiation, media, like->payload_type);
    if (!format)
        return;
    format->codec = like->codec;
    format->encoding = sdp_codec_name(like->codec);
    format->clock_rate = like->clock_rate;
    format->channels = like->channels;
    format->fmtp = answer_fmtp(arena, like->codec, like->fmtp);
    describe_feedback(negotiation, section, has_rtx, format);
    struct sdp_format *rtx = has_rtx ? append_format(negotiation, media, rtx_payload_type) : NULL;
    if (!rtx)
        return;
    rtx->codec = SDP_CODEC_RTX;
    rtx->encoding = sdp_codec_name(SDP_CODEC_RTX);
    rtx->clock_rate = like->clock_rate;
    rtx->fmtp = sdp_arena_printf(arena, "apt=%u", like->payload_type);
}

void sdp_describe_formats(struct negotiation *negotiation, const struct sdp_section *section, struct sdp_media *media)
{
    const struct sdp_format first = {.codec = section->codec,
                                     .payload_type = section->payload_type,
                                     .clock_rate = section->clock_rate,
                                     .channels = section->channels,
                                     .fmtp = section->fmtp};
    media->formats_text = "";
    describe_format(negotiation, section, &first, section->rtx_payload_type, media);
    for (unsigned i = 0; i < section->alternative_count; i++) {
        const struct sdp_alternative *alternative = &section->alternatives[i];
        const struct sdp_format next = {.codec = alternative->codec,
                                        .payload_type = alternative->payload_type,
                                        .clock_rate = sdp_codec_clock_rate(alternative->codec),
                                        .channels = sdp_codec_channels(alternative->codec),
                                        .fmtp = alternative->fmtp};
        describe_format(negotiation, section, &next, alternative->rtx_payload_type, media);
    }
}
