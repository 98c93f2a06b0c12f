// SPDX-License-Identifier: Apache-2.0
#include "media_source.h"

#include "byte_order.h"
#include "probe_payload.h"
#include <openssl/rand.h>
#include <string.h>

#define FRAMES_PER_SECOND 30
#define LATE_MAX          (200 * NS_PER_MS)

uint32_t media_source_clock_rate(const struct media_source *source)
{
    return source->kind == MEDIA_AUDIO ? 48000 : 90000;
}

void media_source_init(struct media_source *source, enum media_codec codec, unsigned payload_size, unsigned rate)
{
    uint32_t random[5];
    RAND_bytes((uint8_t *)random, sizeof(random));
    bool video = codec != CODEC_OPUS;
    *source = (struct media_source){
        .kind = video ? MEDIA_VIDEO : MEDIA_AUDIO,
        .codec = codec,
        .ssrc = random[0] | 1,
        .sequence = random[1] & 0x7fff, // RFC 3711 3.3.1: start in the lower half
        .first_timestamp = random[2],
        .picture_id = random[3] & 0x7fff,
        .payload_size = payload_size,
        .packets_per_frame = video && rate > FRAMES_PER_SECOND ? rate / FRAMES_PER_SECOND : 1,
        .interval_ns = NS_PER_S / rate,
        .keyframe_wanted = true,
    };
    source->timestamp_step = (double)media_source_clock_rate(source) * source->packets_per_frame / rate;
}

void media_source_start(struct media_source *source, uint64_t now)
{
    // Sessions that started together must not send in step.
    source->due_ns = now + source->ssrc % source->interval_ns;
}

uint32_t media_source_timestamp(const struct media_source *source)
{
    return source->first_timestamp + (uint32_t)(uint64_t)((double)source->frames * source->timestamp_step);
}

// RFC 7741 4.2 and 4.3: a 15-bit picture id, then the frame's own header on its first packet.
static size_t put_vp8(const struct media_source *source, uint8_t *at)
{
    bool start = source->packet_of_frame == 0;
    size_t size = 0;
    at[size++] = start ? 0x90 : 0x80;
    at[size++] = 0x80;
    write16(at + size, 0x8000 | source->picture_id);
    size += 2;
    if (!start)
        return size;
    at[size++] = source->in_keyframe ? 0x10 : 0x11; // show_frame, P
    at[size++] = 0x02;
    at[size++] = 0x00;
    if (source->in_keyframe) {
        static const uint8_t start_code_640x480[] = {0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
        memcpy(at + size, start_code_640x480, sizeof(start_code_640x480));
        size += sizeof(start_code_640x480);
    }
    return size;
}

// RFC 6184: single NAL units; a keyframe begins with a STAP-A of SPS, PPS and its first slice.
static size_t put_h264(const struct media_source *source, uint8_t *at)
{
    if (!source->in_keyframe || source->packet_of_frame) {
        at[0] = source->in_keyframe ? 0x65 : 0x41;
        return 1;
    }
    static const uint8_t aggregate[] = {0x78, 0,    8, 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x02,
                                        0x80, 0xf6, 0, 4,    0x68, 0xce, 0x3c, 0x80};
    size_t size = sizeof(aggregate);
    memcpy(at, aggregate, size);
    write16(at + size, (uint16_t)(source->payload_size + 1));
    at[size + 2] = 0x65;
    return size + 3;
}

static void begin_frame(struct media_source *source)
{
    source->in_keyframe = source->kind == MEDIA_VIDEO && source->keyframe_wanted;
    source->keyframes += source->in_keyframe;
    source->keyframe_wanted = false;
}

static void end_packet(struct media_source *source, uint64_t now)
{
    source->sent++;
    source->sequence++;
    if (++source->packet_of_frame == source->packets_per_frame) {
        source->packet_of_frame = 0;
        source->frames++;
        source->picture_id = (source->picture_id + 1) & 0x7fff;
    }
    source->due_ns += source->interval_ns;
    if (now > source->due_ns + LATE_MAX) { // the machine is too busy: no burst to catch up
        source->late++;
        source->due_ns = now;
    }
}

size_t media_source_next(struct media_source *source, uint64_t now, uint16_t twcc_sequence,
                         uint8_t packet[RTP_PACKET_MAX])
{
    if (source->packet_of_frame == 0)
        begin_frame(source);
    struct rtp_packet header = {
        .marker = source->kind == MEDIA_VIDEO && source->packet_of_frame + 1 == source->packets_per_frame,
        .payload_type = source->payload_type,
        .sequence = source->sequence,
        .timestamp = media_source_timestamp(source),
        .ssrc = source->ssrc,
    };
    struct rtp_packet_extensions extensions = {source->mid_extension, source->twcc_extension, source->mid,
                                               twcc_sequence};
    size_t at = rtp_packet_begin(packet, &header, &extensions);
    if (source->codec == CODEC_VP8)
        at += put_vp8(source, packet + at);
    else if (source->codec == CODEC_H264)
        at += put_h264(source, packet + at);
    struct probe probe = {
        .room = source->room,
        .sender = source->sender,
        .stream = (uint8_t)source->kind,
        .keyframe = source->in_keyframe,
        .frame_start = source->packet_of_frame == 0,
        .sequence = (uint32_t)source->sent,
        .timestamp = header.timestamp,
        .sent_ns = now,
    };
    probe_write(&probe, packet + at, source->payload_size);
    source->bytes += source->payload_size;
    end_packet(source, now);
    return at + source->payload_size;
}
