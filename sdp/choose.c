// SPDX-License-Identifier: Apache-2.0
// Direction and format of a section (RFC 3264 6.1).
#include "negotiation.h"

#include <stdlib.h>
#include <string.h>

static bool accepts(const struct sdp_media *media, const struct sdp_format *format)
{
    return sdp_codec_kind(format->codec) == media->kind;
}

static const struct sdp_format *find_format(const struct sdp_media *media, enum sdp_codec codec, const char *fmtp)
{
    for (unsigned i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        bool is_any = !fmtp || !*fmtp;
        if (format->codec == codec && accepts(media, format) &&
            (is_any || sdp_fmtp_compatible(codec, fmtp, format->fmtp)))
            return format;
    }
    return NULL;
}

// What a source sends needs its parameters matched even where it names none: their defaults count.
static const struct sdp_format *find_format_of_source(const struct sdp_media *media, const struct sdp_source *source)
{
    const char *fmtp = source->fmtp ? source->fmtp : "";
    for (unsigned i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        if (format->codec == source->codec && accepts(media, format) &&
            sdp_fmtp_compatible(source->codec, fmtp, format->fmtp))
            return format;
    }
    return NULL;
}

static const struct sdp_format *find_preferred(const struct negotiation *negotiation, const struct sdp_media *media)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    const struct sdp_codec_choice *choices = media->kind == SDP_AUDIO ? policy->audio : policy->video;
    unsigned count = media->kind == SDP_AUDIO ? policy->audio_count : policy->video_count;
    for (unsigned i = 0; i < count; i++) {
        const struct sdp_format *format = find_format(media, choices[i].codec, choices[i].fmtp);
        if (format)
            return format;
    }
    return NULL;
}

static const struct sdp_format *find_any(const struct sdp_media *media)
{
    for (unsigned i = 0; i < media->format_count; i++)
        if (accepts(media, &media->formats[i]))
            return &media->formats[i];
    return NULL;
}

// RFC 4588 8.6: the payload type whose apt names the chosen one, at the same clock rate.
static uint8_t find_rtx(const struct sdp_media *media, const struct sdp_format *chosen)
{
    char apt[8];
    for (unsigned i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        if (format->codec == SDP_CODEC_RTX && format->clock_rate == chosen->clock_rate &&
            sdp_fmtp_get(format->fmtp, "apt", apt, sizeof(apt)) > 0 && atoi(apt) == chosen->payload_type)
            return format->payload_type;
    }
    return SDP_NO_PAYLOAD;
}

static enum sdp_verdict take_format(const struct negotiation *negotiation, const struct sdp_media *media,
                                    const struct sdp_format *format, struct sdp_section *section)
{
    if (!format)
        return SDP_REJECTED_CODEC;
    section->codec = format->codec;
    section->payload_type = format->payload_type;
    section->clock_rate = format->clock_rate;
    section->channels = format->channels;
    section->fmtp = sdp_arena_copy_string(negotiation->arena, format->fmtp);
    if (negotiation->policy->rtx && media->kind == SDP_VIDEO) // lost audio comes too late, and has its own redundancy
        section->rtx_payload_type = find_rtx(media, format);
    return SDP_ACCEPTED;
}

static bool is_free_source_of(const struct negotiation *negotiation, uint32_t source, enum sdp_kind kind)
{
    return negotiation->filled_by[source] == SDP_NO_SECTION &&
           sdp_codec_kind(negotiation->policy->sources[source].codec) == kind;
}

static enum sdp_verdict choose_source(struct negotiation *negotiation, const struct sdp_media *media, uint32_t index,
                                      struct sdp_section *section)
{
    bool is_any_free = false;
    for (uint32_t i = 0; i < negotiation->policy->source_count; i++) {
        if (!is_free_source_of(negotiation, i, media->kind))
            continue;
        const struct sdp_format *format = find_format_of_source(media, &negotiation->policy->sources[i]);
        is_any_free = true;
        if (!format)
            continue;
        negotiation->filled_by[i] = index;
        section->source = i;
        section->direction = SDP_SENDONLY;
        return take_format(negotiation, media, format, section);
    }
    negotiation->is_source_refused |= is_any_free;
    return is_any_free ? SDP_REJECTED_CODEC : take_format(negotiation, media, find_any(media), section);
}

enum sdp_verdict sdp_choose(struct negotiation *negotiation, const struct sdp_media *media, uint32_t index,
                            struct sdp_section *section)
{
    enum sdp_direction offered = sdp_direction_of(negotiation->offer, media);
    section->direction = SDP_INACTIVE;
    if (negotiation->policy->role == SDP_ROLE_PUBLISHER) {
        if (offered == SDP_SENDONLY || offered == SDP_SENDRECV)
            section->direction = SDP_RECVONLY;
        return take_format(negotiation, media, find_preferred(negotiation, media), section);
    }
    if (offered == SDP_RECVONLY || offered == SDP_SENDRECV)
        return choose_source(negotiation, media, index, section);
    return take_format(negotiation, media, find_any(media), section);
}
