// SPDX-License-Identifier: Apache-2.0
// What a datagram on a media port is, by its first bytes (RFC 7983, RFC 9443, RFC 5761).
#pragma once

#include <stddef.h>
#include <stdint.h>

enum demux_kind {
    DEMUX_UNKNOWN,
    DEMUX_STUN,         // 0..3
    DEMUX_ZRTP,         // 16..19
    DEMUX_DTLS,         // 20..63
    DEMUX_TURN_CHANNEL, // 64..79
    DEMUX_RTP,          // 128..191
    DEMUX_RTCP,         // 128..191, second byte 192..223
    DEMUX_QUIC,         // 80..127, 192..255
    DEMUX_KINDS
};

// Looks at two bytes at most; an empty datagram, and RTP of one byte, is unknown.
enum demux_kind demux_classify(const uint8_t *data, size_t size);
