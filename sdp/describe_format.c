// SPDX-License-Identifier: Apache-2.0
// The formats of an accepted section: the chosen one, and RTX for it.
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

static const char *answer_fmtp(struct sdp_arena *arena, const struct sdp_section *section)
{
    const char *result = "";
    const char *at = section->fmtp + strspn(section->fmtp, " ;");
    for (unsigned i = 0; *at && i < 32; i++) {
        int length = (int)strcspn(at, ";");
        if (is_answered_parameter(section->codec, at))
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
    return format;
}

static void describe_feedback(struct negotiation *negotiation, const struct sdp_section *section,
                              struct sdp_format *format)
{
    for (unsigned i = 0; i < SDP_MAX_FEEDBACK; i++) {
        if (!(section->feedback >> i & 1))
            continue;
        const char **feedback = SDP_APPEND(negotiation->arena, format->feedback, format->feedback_count);
        if (feedback)
            *feedback = sdp_arena_copy_string(negotiation->arena, negotiation->policy->feedback[i]);
    }
}

void sdp_describe_formats(struct negotiation *negotiation, const struct sdp_section *section, struct sdp_media *media)
{
    struct sdp_arena *arena = negotiation->arena;
    bool has_rtx = section->rtx_payload_type != SDP_NO_PAYLOAD;
    media->formats_text = has_rtx ? sdp_arena_printf(arena, "%u %u", section->payload_type, section->rtx_payload_type)
                                  : sdp_arena_printf(arena, "%u", section->payload_type);
    struct sdp_format *format = append_format(negotiation, media, section->payload_type);
    if (!format)
        return;
    format->codec = section->codec;
    format->encoding = sdp_codec_name(section->codec);
    format->clock_rate = section->clock_rate;
    format->channels = section->channels;
    format->fmtp = answer_fmtp(arena, section);
    describe_feedback(negotiation, section, format);
    struct sdp_format *rtx = has_rtx ? append_format(negotiation, media, section->rtx_payload_type) : NULL;
    if (!rtx)
        return;
    rtx->codec = SDP_CODEC_RTX;
    rtx->encoding = sdp_codec_name(SDP_CODEC_RTX);
    rtx->clock_rate = section->clock_rate;
    rtx->fmtp = sdp_arena_printf(arena, "apt=%u", section->payload_type);
}
