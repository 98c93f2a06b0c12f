// SPDX-License-Identifier: Apache-2.0
#include "rtp.h"

#include <errno.h>

int rtp_padding_size(const uint8_t *data, size_t size, const struct rtp_header *header)
{
    if (!header->padding)
        return 0;
    if (size <= header->payload_offset)
        return -EBADMSG;
    uint8_t count = data[size - 1];
    return count == 0 || count > size - header->payload_offset ? -EBADMSG : count;
}

void rtp_write_header(uint8_t *data, uint8_t payload_type, bool marker, uint16_t sequence, uint32_t timestamp,
                      uint32_t ssrc)
{
    data[0] = 0x80;
    data[1] = (uint8_t)(marker << 7 | (payload_type & 0x7f));
    rtp_set_sequence(data, sequence);
    rtp_set_timestamp(data, timestamp);
    rtp_set_ssrc(data, ssrc);
}
