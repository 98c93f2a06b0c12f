// SPDX-License-Identifier: Apache-2.0
// With which formats a section is offered. What is sent has the format of its source; what is only received may come in
// any of those that are configured, or that setCodecPreferences names.
#include "peer_codecs.h"

#include "formats.h"

#include <errno.h>
#include <string.h>

unsigned peer_preferences(const struct journal_transceiver *transceiver,
                          struct sdp_codec_choice ret_choices[2 * JOURNAL_PREFERENCES])
{
    unsigned count = 0;
    for (unsigned i = 0; i < JOURNAL_PREFERENCES && transceiver->preferences[i]; i++)
        if (transceiver->preferences[i] < SDP_CODECS)
            count += agreement_choices((enum sdp_codec)transceiver->preferences[i], &ret_choices[count]);
    return count;
}

static bool is_listed(const struct peer_formats *formats, unsigned payload_type)
{
    for (unsigned i = 0; i < formats->count; i++)
        if (formats->list[i].payload_type == payload_type)
            return true;
    return false;
}

static bool is_codec_listed(const struct peer_formats *formats, enum sdp_codec codec)
{
    for (unsigned i = 0; i < formats->count; i++)
        if (formats->list[i].codec == codec)
            return true;
    return false;
}

static void add(struct peer_formats *formats, const struct journal_format *format, bool rtx)
{
    if (!format || formats->count == PEER_FORMATS || is_listed(formats, format->payload_type))
        return;
    formats->list[formats->count++] =
        (struct sdp_alternative){.codec = (enum sdp_codec)format->codec,
                                 .payload_type = format->payload_type,
                                 .rtx_payload_type = rtx ? format->rtx_payload_type : SDP_NO_PAYLOAD,
                                 .fmtp = format->fmtp};
}

// Without parameters all that the peer has named of the codec are meant.
static void add_choice(struct peer_formats *formats, struct journal_peer *scratch,
                       const struct sdp_codec_choice *choice, bool rtx)
{
    if (choice->fmtp || !is_codec_listed(formats, choice->codec))
        add(formats,
            formats_take(scratch, choice->codec, choice->fmtp ? choice->fmtp : sdp_codec_fmtp(choice->codec), rtx),
            rtx);
    for (unsigned i = 0; !choice->fmtp && i < JOURNAL_FORMATS; i++)
        if (scratch->formats[i].codec == choice->codec)
            add(formats, &scratch->formats[i], rtx);
}

static void add_agreed(struct peer_formats *formats, const struct journal_transceiver *transceiver)
{
    if (transceiver->payload_type != SDP_NO_PAYLOAD)
        formats->list[formats->count++] = (struct sdp_alternative){.codec = (enum sdp_codec)transceiver->codec,
                                                                   .payload_type = transceiver->payload_type,
                                                                   .rtx_payload_type = transceiver->rtx_payload_type,
                                                                   .fmtp = transceiver->fmtp};
}

static void add_choices(struct peer_formats *formats, struct journal_peer *scratch,
                        const struct sdp_codec_choice *choices, unsigned count, bool rtx)
{
    for (unsigned i = 0; i < count; i++)
        add_choice(formats, scratch, &choices[i], rtx);
}

void peer_number_formats(const struct peer_policy *policy, struct journal_peer *scratch)
{
    const struct sdp_answer_policy *with = policy->policy;
    for (unsigned i = 0; i < with->audio_count; i++)
        (void)formats_take(scratch, with->audio[i].codec, sdp_codec_fmtp(with->audio[i].codec), false);
    for (unsigned i = 0; i < with->video_count; i++)
        (void)formats_take(scratch, with->video[i].codec, sdp_codec_fmtp(with->video[i].codec), with->rtx);
}

bool peer_list_formats(const struct peer_policy *policy, struct journal_peer *scratch,
                       const struct journal_transceiver *transceiver, struct peer_formats *ret_formats)
{
    const struct sdp_answer_policy *with = policy->policy;
    struct sdp_codec_choice preferred[2 * JOURNAL_PREFERENCES];
    bool is_video = transceiver->kind == MEDIA_VIDEO, rtx = is_video && with->rtx;
    unsigned ways = transceivers_wish(transceiver), preferences = peer_preferences(transceiver, preferred);
    bool is_free = ways == WAY_RECEIVE;
    ret_formats->count = 0;
    if (!is_free || !preferences)
        add_agreed(ret_formats, transceiver);
    if (!ret_formats->count && transceiver->source.generation)
        add(ret_formats,
            formats_take(scratch, (enum sdp_codec)transceiver->source_codec, transceiver->source_fmtp, rtx), rtx);
    else if (is_free || !ret_formats->count) {
        add_choices(ret_formats, scratch, preferred, preferences, rtx);
        if (!preferences)
            add_choices(ret_formats, scratch, is_video ? with->video : with->audio,
                        is_video ? with->video_count : with->audio_count, rtx);
    }
    return ret_formats->count;
}

static bool holds(const uint8_t preferences[JOURNAL_PREFERENCES], uint8_t codec)
{
    return memchr(preferences, codec, JOURNAL_PREFERENCES);
}

int peer_prefer(struct journal_transceiver *transceiver, struct gateway_request *request)
{
    uint8_t preferences[JOURNAL_PREFERENCES] = {0};
    unsigned count = 0;
    enum sdp_kind kind = transceiver->kind == MEDIA_VIDEO ? SDP_VIDEO : SDP_AUDIO;
    for (unsigned i = 0; i < GATEWAY_PREFERENCES && request->peer.preferences[i][0]; i++) {
        enum sdp_codec codec = sdp_codec_find(request->peer.preferences[i]);
        if (sdp_codec_kind(codec) != kind) {
            refuse(request, GATEWAY_INVALID_MODIFICATION, 0, "%s is no codec of this transceiver's kind",
                   request->peer.preferences[i]);
            return -EPROTO;
        }
        if (count < JOURNAL_PREFERENCES && !holds(preferences, (uint8_t)codec))
            preferences[count++] = (uint8_t)codec;
    }
    bool sends = transceivers_wish(transceiver) & WAY_SEND;
    if (count && sends && !holds(preferences, transceiver->source_codec)) {
        refuse(request, GATEWAY_INVALID_MODIFICATION, 0, "its source is %s, and nothing is transcoded",
               sdp_codec_name((enum sdp_codec)transceiver->source_codec));
        return -EPROTO;
    }
    memcpy(transceiver->preferences, preferences, sizeof(preferences));
    return 0;
}
