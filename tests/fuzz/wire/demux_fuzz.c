// SPDX-License-Identifier: Apache-2.0
// Whatever another parser accepts has been told to be of its kind.
#include "demux.h"

#include "channel_data.h"
#include "dtls_record.h"
#include "expect.h"
#include "rtp_parse.h"
#include "stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stun_message message;
    struct channel_data frame;
    struct rtp_header header;
    enum demux_kind kind = demux_classify(data, size);
    EXPECT(kind < DEMUX_KINDS);
    // A method above 0xff has a first byte that RFC 7983 gives to others: beside them it is not STUN.
    if (stun_parse(data, size, &message) >= 0)
        EXPECT(kind == DEMUX_STUN || message.method > 0xff);
    if (channel_data_parse(data, size, &frame) >= 0)
        EXPECT(kind == DEMUX_TURN_CHANNEL);
    if (rtp_parse(data, size, &header) >= 0)
        EXPECT(kind == DEMUX_RTP || kind == DEMUX_RTCP);
    if (dtls_classify(data, size) == DTLS_KIND_CLIENT_HELLO)
        EXPECT(kind == DEMUX_DTLS);
    return 0;
}
