// SPDX-License-Identifier: Apache-2.0
#include "demux.h"

// RFC 7983 7, with what RFC 9443 gave to QUIC.
static const uint8_t kinds[256] = {
    [0 ... 3] = DEMUX_STUN,    [16 ... 19] = DEMUX_ZRTP,  [20 ... 63] = DEMUX_DTLS,   [64 ... 79] = DEMUX_TURN_CHANNEL,
    [80 ... 127] = DEMUX_QUIC, [128 ... 191] = DEMUX_RTP, [192 ... 255] = DEMUX_QUIC,
};

enum demux_kind demux_classify(const uint8_t *data, size_t size)
{
    if (size == 0)
        return DEMUX_UNKNOWN;
    enum demux_kind kind = kinds[data[0]];
    if (kind != DEMUX_RTP)
        return kind;
    if (size < 2)
        return DEMUX_UNKNOWN;
    // RFC 5761 4: payload types 64 to 95 are not used beside multiplexed RTCP, so 192 to 223 is a packet type.
    return (data[1] & 0xe0) == 0xc0 ? DEMUX_RTCP : DEMUX_RTP;
}
