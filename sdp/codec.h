// SPDX-License-Identifier: Apache-2.0
// Codecs that are understood, their parameters, and when two of them are the same format.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sdp_kind { SDP_OTHER, SDP_AUDIO, SDP_VIDEO, SDP_APPLICATION };

enum sdp_codec {
    SDP_CODEC_OTHER,
    SDP_CODEC_OPUS, // RFC 7587
    SDP_CODEC_PCMU,
    SDP_CODEC_PCMA,
    SDP_CODEC_VP8,  // RFC 7741
    SDP_CODEC_VP9,  // RFC 9628
    SDP_CODEC_H264, // RFC 6184
    SDP_CODEC_AV1,
    SDP_CODEC_RTX, // RFC 4588
    SDP_CODECS
};

// Encoding names compare without case (RFC 8866 6.6).
enum sdp_codec sdp_codec_find(const char *encoding);
const char *sdp_codec_name(enum sdp_codec codec);
enum sdp_kind sdp_codec_kind(enum sdp_codec codec);
uint32_t sdp_codec_clock_rate(enum sdp_codec codec);
uint8_t sdp_codec_channels(enum sdp_codec codec);
// The parameters under which it is asked for: what most can do. "" where none are needed.
const char *sdp_codec_fmtp(enum sdp_codec codec);

// Copies the value of parameter `name` of an fmtp ("a=1;b=2"). Returns its length, or -ENOENT, or -ENOSPC.
int sdp_fmtp_get(const char *fmtp, const char *name, char *ret_value, size_t size);

// May a stream encoded as `sent` go to who declared `declared` under the same codec? Compares what RFC 3264 6.1 and
// the payload formats make part of the identity: H264 packetization-mode and profile (not the level when
// level-asymmetry-allowed=1 on either side, else declared level >= sent level), VP9 profile-id, AV1 profile and tier.
bool sdp_fmtp_compatible(enum sdp_codec codec, const char *sent, const char *declared);
