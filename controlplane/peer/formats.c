// SPDX-License-Identifier: Apache-2.0
#include "formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENSION_ID_MAX 14 // RFC 8285 4.2, of a one-byte header

static bool is_taken(const struct journal_peer *peer, unsigned payload_type)
{
    return peer->payload_types[payload_type / 64 & 1] >> payload_type % 64 & 1;
}

static void take(struct journal_peer *peer, unsigned payload_type)
{
    if (payload_type < 128)
        peer->payload_types[payload_type / 64] |= 1ULL << payload_type % 64;
}

static struct journal_format *find(struct journal_peer *peer, enum sdp_codec codec, const char *fmtp)
{
    for (unsigned i = 0; i < JOURNAL_FORMATS && peer->formats[i].codec; i++)
        if (peer->formats[i].codec == codec && sdp_fmtp_compatible(codec, fmtp, peer->formats[i].fmtp))
            return &peer->formats[i];
    return NULL;
}

static uint8_t find_rtx(const struct sdp_media *media, uint8_t payload_type)
{
    char apt[8];
    for (unsigned i = 0; i < media->format_count; i++)
        if (media->formats[i].codec == SDP_CODEC_RTX &&
            sdp_fmtp_get(media->formats[i].fmtp, "apt", apt, sizeof(apt)) > 0 && atoi(apt) == payload_type)
            return media->formats[i].payload_type;
    return 0xff;
}

static struct journal_format *place_for(struct journal_peer *peer, uint8_t payload_type)
{
    for (unsigned i = 0; i < JOURNAL_FORMATS; i++)
        if (!peer->formats[i].codec || peer->formats[i].payload_type == payload_type)
            return &peer->formats[i];
    return NULL;
}

static void learn_format(struct journal_peer *peer, const struct sdp_media *media, const struct sdp_format *format)
{
    take(peer, format->payload_type);
    if (format->codec == SDP_CODEC_OTHER || format->codec == SDP_CODEC_RTX)
        return;
    struct journal_format *place = place_for(peer, format->payload_type);
    if (!place || (place->codec && place->codec == format->codec))
        return;
    *place = (struct journal_format){.codec = (uint8_t)format->codec,
                                     .payload_type = format->payload_type,
                                     .rtx_payload_type = find_rtx(media, format->payload_type),
                                     .channels = format->channels};
    if (strlen(format->fmtp) < sizeof(place->fmtp))
        memcpy(place->fmtp, format->fmtp, strlen(format->fmtp) + 1);
}

static void learn_extension(struct journal_peer *peer, const struct sdp_extension *extension,
                            const char *const uris[EXTENSION_KINDS])
{
    if (extension->id == 0 || extension->id > EXTENSION_ID_MAX)
        return;
    bool is_new = !(peer->extensions >> extension->id & 1); // one that has two meanings keeps the first
    peer->extensions |= 1u << extension->id;
    for (unsigned kind = 0; is_new && kind < EXTENSION_KINDS; kind++)
        if (uris[kind] && !peer->extension_ids[kind] && !strcmp(uris[kind], extension->uri))
            peer->extension_ids[kind] = (uint8_t)extension->id;
}

static void learn_extensions(struct journal_peer *peer, const struct sdp_level *level,
                             const char *const uris[EXTENSION_KINDS])
{
    for (unsigned i = 0; i < level->extension_count; i++)
        learn_extension(peer, &level->extensions[i], uris);
}

void formats_learn(struct journal_peer *peer, const struct sdp *remote, const char *const uris[EXTENSION_KINDS])
{
    learn_extensions(peer, &remote->level, uris);
    for (unsigned i = 0; i < remote->media_count; i++) {
        const struct sdp_media *media = &remote->media[i];
        if (media->kind != SDP_AUDIO && media->kind != SDP_VIDEO)
            continue;
        for (unsigned k = 0; k < media->format_count; k++)
            learn_format(peer, media, &media->formats[k]);
        learn_extensions(peer, &media->level, uris);
    }
}

bool formats_suit(const struct journal_peer *peer, enum sdp_codec codec, const char *fmtp)
{
    bool is_kind_known = false;
    for (unsigned i = 0; i < JOURNAL_FORMATS && peer->formats[i].codec; i++)
        is_kind_known |= sdp_codec_kind((enum sdp_codec)peer->formats[i].codec) == sdp_codec_kind(codec);
    return !is_kind_known || find((struct journal_peer *)peer, codec, fmtp);
}

static uint8_t static_payload_type(enum sdp_codec codec)
{
    return codec == SDP_CODEC_PCMU ? 0 : codec == SDP_CODEC_PCMA ? 8 : 0xff;
}

// RFC 3551 6: the dynamic ones, then what RFC 5761 leaves of those that nobody uses.
static uint8_t free_payload_type(struct journal_peer *peer)
{
    for (unsigned i = 0; i < 32 + 29; i++) {
        unsigned payload_type = i < 32 ? 96 + i : 35 + i - 32;
        if (is_taken(peer, payload_type))
            continue;
        take(peer, payload_type);
        return (uint8_t)payload_type;
    }
    return 0xff;
}

const struct journal_format *formats_take(struct journal_peer *peer, enum sdp_codec codec, const char *fmtp, bool rtx)
{
    struct journal_format *format = find(peer, codec, fmtp);
    uint8_t payload_type = format ? 0 : static_payload_type(codec);
    if (!format && payload_type == 0xff)
        payload_type = free_payload_type(peer);
    struct journal_format *place = format || payload_type == 0xff ? NULL : place_for(peer, payload_type);
    if (!place)
        return format;
    *place = (struct journal_format){.codec = (uint8_t)codec,
                                     .payload_type = payload_type,
                                     .rtx_payload_type = rtx ? free_payload_type(peer) : 0xff,
                                     .channels = sdp_codec_channels(codec)};
    if (strlen(fmtp) < sizeof(place->fmtp))
        memcpy(place->fmtp, fmtp, strlen(fmtp) + 1);
    return place;
}

uint8_t formats_take_extension(struct journal_peer *peer, enum extension_kind kind)
{
    for (uint8_t id = 1; !peer->extension_ids[kind] && id <= EXTENSION_ID_MAX; id++)
        if (!(peer->extensions >> id & 1)) {
            peer->extensions |= 1u << id;
            peer->extension_ids[kind] = id;
        }
    return peer->extension_ids[kind];
}
