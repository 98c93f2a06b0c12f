// SPDX-License-Identifier: Apache-2.0
// One outgoing stream: opus-like audio, or video that looks like VP8 or H264 to a gateway.
#pragma once
#include "rtp_packet.h"
#include "sdp_text.h"

enum media_codec { CODEC_OPUS, CODEC_VP8, CODEC_H264 };

struct media_source {
    enum media_kind kind;
    enum media_codec codec;
    uint8_t payload_type;
    uint32_t ssrc, room, sender;
    char mid[17];
    uint8_t mid_extension, twcc_extension;
    unsigned payload_size, packets_per_frame;
    uint64_t interval_ns, due_ns;
    double timestamp_step; // per frame
    // progress
    uint16_t sequence, picture_id;
    uint32_t first_timestamp;
    uint64_t sent, bytes, frames, keyframes, late;
    unsigned packet_of_frame;
    bool keyframe_wanted, in_keyframe;
};

void media_source_init(struct media_source *source, enum media_codec codec, unsigned payload_size, unsigned rate);
void media_source_start(struct media_source *source, uint64_t now);
// The next packet, in the clear. Returns its size.
size_t media_source_next(struct media_source *source, uint64_t now, uint16_t twcc_sequence,
                         uint8_t packet[RTP_PACKET_MAX]);
// The RTP timestamp of this instant, for sender reports.
uint32_t media_source_timestamp(const struct media_source *source);
uint32_t media_source_clock_rate(const struct media_source *source);
