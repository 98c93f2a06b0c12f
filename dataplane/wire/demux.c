// SPDX-License-Identifier: Apache-2.0
#include "demux.h"

// RFC 7983 7, with what RFC 9443 gave to QUIC.
static enum demux_kind classify_first(uint8_t first)
{
    if (first >= 128)
        return first < 192 ? DEMUX_RTP : DEMUX_QUIC;
    if (first < 4)
        return DEMUX_STUN;
    if (first < 16)
        return DEMUX_UNKNOWN;
    if (first < 20)
        return DEMUX_ZRTP;
    if (first < 64)
        return DEMUX_DTLS;
    return first < 80 ? DEMUX_TURN_CHANNEL : DEMUX_QUIC;
}

enum demux_kind demux_classify(const uint8_t *data, size_t size)
{
    if (size == 0)
        return DEMUX_UNKNOWN;
    enum demux_kind kind = classify_first(data[0]);
    if (kind != DEMUX_RTP)
        return kind;
    if (size < 2)
        return DEMUX_UNKNOWN;
    // RFC 5761 4: payload types 64 to 95 are not used beside multiplexed RTCP, so 192 to 223 is a packet type.
    return (data[1] & 0xe0) == 0xc0 ? DEMUX_RTCP : DEMUX_RTP;
}
