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

static const struct sdp_format *find_choice(const struct sdp_media *media, const struct sdp_codec_choice *choices,
                                            unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct sdp_format *format = find_format(media, choices[i].codec, choices[i].fmtp);
        if (format)
            return format;
    }
    return NULL;
}

static const struct sdp_format *find_preferred(const struct negotiation *negotiation, const struct sdp_media *media)
{
    const struct sdp_answer_policy *policy = negotiation->policy;
    bool is_audio = media->kind == SDP_AUDIO;
    return find_choice(media, is_audio ? policy->audio : policy->video,
                       is_audio ? policy->audio_count : policy->video_count);
}

static const struct sdp_format *find_answered(const struct sdp_media *media, const struct sdp_transceiver *transceiver)
{
    for (unsigned i = 0; transceiver->is_answer && i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        if (accepts(media, format) && format->payload_type < 128 &&
            transceiver->offered[format->payload_type / 64] >> format->payload_type % 64 & 1)
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

static struct sdp_transceiver transceiver_of(const struct negotiation *negotiation, uint32_t index)
{
    if (index < negotiation->policy->transceiver_count)
        return negotiation->policy->transceivers[index];
    return (struct sdp_transceiver){.receives = true, .source = SDP_NO_SOURCE};
}

static const struct sdp_format *find_format_of_peer(const struct negotiation *negotiation,
                                                    const struct sdp_media *media,
                                                    const struct sdp_transceiver *transceiver, bool *ret_sends)
{
    const struct sdp_format *format = NULL;
    if (*ret_sends)
        format = find_format_of_source(media, &negotiation->policy->sources[transceiver->source]);
    *ret_sends = format;
    if (!format)
        format = find_answered(media, transceiver);
    if (!format)
        format = find_choice(media, transceiver->choices, transceiver->choice_count);
    if (!format && transceiver->codec != SDP_CODEC_OTHER)
        format = find_format(media, transceiver->codec, transceiver->fmtp);
    if (!format)
        format = find_preferred(negotiation, media);
    return format;
}

// RFC 8829 5.3.1: what both sides want.
static enum sdp_verdict choose_both(const struct negotiation *negotiation, const struct sdp_media *media,
                                    uint32_t index, struct sdp_section *section)
{
    static const enum sdp_direction directions[2][2] = {{SDP_INACTIVE, SDP_RECVONLY}, {SDP_SENDONLY, SDP_SENDRECV}};
    const struct sdp_transceiver transceiver = transceiver_of(negotiation, index);
    enum sdp_direction offered = sdp_direction_of(negotiation->offer, media);
    bool receives = transceiver.receives && (offered == SDP_SENDONLY || offered == SDP_SENDRECV);
    bool sends =
        transceiver.source < negotiation->policy->source_count && (offered == SDP_RECVONLY || offered == SDP_SENDRECV);
    if (transceiver.is_stopped)
        return SDP_REJECTED_STOPPED;
    const struct sdp_format *format = find_format_of_peer(negotiation, media, &transceiver, &sends);
    section->direction = directions[sends][receives];
    if (sends)
        section->source = transceiver.source;
    return take_format(negotiation, media, format, section);
}

bool sdp_suits(const struct sdp *offer, const struct sdp_answer_policy *policy, uint32_t index,
               const struct sdp_source *source)
{
    const struct negotiation negotiation = {.offer = offer, .policy = policy};
    const struct sdp_media *media = &offer->media[index];
    enum sdp_direction offered = sdp_direction_of(offer, media);
    const struct sdp_format *format =
        media->kind == sdp_codec_kind(source->codec) ? find_format_of_source(media, source) : NULL;
    return format &&
           (offered == SDP_RECVONLY || (offered == SDP_SENDRECV && format == find_preferred(&negotiation, media)));
}

static enum sdp_verdict choose_data(struct negotiation *negotiation, const struct sdp_media *media,
                                    struct sdp_section *section)
{
    if (negotiation->has_data)
        return SDP_REJECTED_KIND;
    negotiation->has_data = true;
    section->direction = SDP_SENDRECV;
    section->sctp_port = media->sctp_port ? media->sctp_port : 5000;
    section->max_message_size = media->has_max_message_size ? media->max_message_size : 65536; // RFC 8841 6.1
    return SDP_ACCEPTED;
}

enum sdp_verdict sdp_choose(struct negotiation *negotiation, const struct sdp_media *media, uint32_t index,
                            struct sdp_section *section)
{
    enum sdp_direction offered = sdp_direction_of(negotiation->offer, media);
    section->direction = SDP_INACTIVE;
    if (media->kind == SDP_APPLICATION)
        return choose_data(negotiation, media, section);
    if (negotiation->policy->role == SDP_ROLE_PEER)
        return choose_both(negotiation, media, index, section);
    if (negotiation->policy->role == SDP_ROLE_PUBLISHER) {
        if (offered == SDP_SENDONLY || offered == SDP_SENDRECV)
            section->direction = SDP_RECVONLY;
        return take_format(negotiation, media, find_preferred(negotiation, media), section);
    }
    if (offered == SDP_RECVONLY || offered == SDP_SENDRECV)
        return choose_source(negotiation, media, index, section);
    return take_format(negotiation, media, find_any(media), section);
}
