// SPDX-License-Identifier: Apache-2.0
#include "rtp.h"

#include <errno.h>

#define EXTENSION_BIT 0x10
#define PADDING_BIT   0x20

// RFC 3550 5.3.1. Returns the payload's offset.
static int parse_extension(const uint8_t *data, size_t size, struct rtp_header *header)
{
    size_t start = RTP_HEADER_SIZE + 4u * header->csrc_count;
    if (size < start + 4)
        return -EBADMSG;
    size_t length = 4u * bytes_get16(data + start + 2);
    if (length > size - start - 4 || start + 4 + length > UINT16_MAX)
        return -EBADMSG;
    header->extension_profile = bytes_get16(data + start);
    header->extension_offset = (uint16_t)(start + 4);
    header->extension_size = (uint16_t)length;
    return (int)(start + 4 + length);
}

int rtp_parse(const uint8_t *data, size_t size, struct rtp_header *ret_header)
{
    if (size < RTP_HEADER_SIZE || data[0] >> 6 != 2)
        return -EBADMSG;
    struct rtp_header header = {
        .ssrc = rtp_ssrc(data),
        .timestamp = rtp_timestamp(data),
        .sequence = rtp_sequence(data),
        .payload_type = rtp_payload_type(data),
        .csrc_count = data[0] & 0x0f,
        .marker = data[1] >> 7,
        .padding = data[0] & PADDING_BIT,
    };
    int offset = RTP_HEADER_SIZE + 4 * header.csrc_count;
    if (data[0] & EXTENSION_BIT)
        offset = parse_extension(data, size, &header);
    if (offset < 0 || (size_t)offset > size)
        return -EBADMSG;
    header.payload_offset = (uint16_t)offset;
    *ret_header = header;
    return offset;
}

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
