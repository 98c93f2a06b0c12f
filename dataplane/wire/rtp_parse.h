// SPDX-License-Identifier: Apache-2.0
// Reads the RTP header (RFC 3550 5.1, 5.3.1): inline, for each packet comes through here.
#pragma once

#include "rtp.h"

#include <errno.h>

// RFC 3550 5.3.1. Returns the payload's offset.
static inline int rtp_parse_extension(const uint8_t *data, size_t size, unsigned start, struct rtp_header *header)
{
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

// Returns the payload's offset, or -EBADMSG: then *ret_header is undefined. Written in place: a struct that is copied
// just after its parts were stored waits for them.
static inline int rtp_parse(const uint8_t *data, size_t size, struct rtp_header *ret_header)
{
    if (size < RTP_HEADER_SIZE || data[0] >> 6 != 2)
        return -EBADMSG;
    unsigned csrc_count = data[0] & 0x0f, start = RTP_HEADER_SIZE + 4 * csrc_count;
    int offset = (int)start;
    if (start > size)
        return -EBADMSG;
    ret_header->extension_profile = ret_header->extension_offset = ret_header->extension_size = 0;
    if (data[0] & RTP_EXTENSION_BIT)
        offset = rtp_parse_extension(data, size, start, ret_header);
    if (offset < 0)
        return offset;
    ret_header->ssrc = rtp_ssrc(data);
    ret_header->timestamp = rtp_timestamp(data);
    ret_header->sequence = rtp_sequence(data);
    ret_header->payload_offset = (uint16_t)offset;
    ret_header->payload_type = rtp_payload_type(data);
    ret_header->csrc_count = (uint8_t)csrc_count;
    ret_header->marker = data[1] >> 7;
    ret_header->padding = data[0] & RTP_PADDING_BIT;
    return offset;
}
