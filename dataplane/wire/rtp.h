// SPDX-License-Identifier: Apache-2.0
// The RTP header (RFC 3550 5.1). The same bytes are readable before SRTP is undone; padding is not: two functions.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "limits.h"

#define RTP_EXTENSION_BIT 0x10 // of the first byte
#define RTP_PADDING_BIT   0x20

struct rtp_header {
    uint32_t ssrc;
    uint32_t timestamp;
    uint16_t sequence;
    uint16_t payload_offset;    // the size of header, CSRCs and extension
    uint16_t extension_offset;  // of the elements, behind profile and length; 0: no extension
    uint16_t extension_size;    // of the elements in bytes
    uint16_t extension_profile; // 0xbede, 0x100x, or another profile's
    uint8_t payload_type;
    uint8_t csrc_count; // the first stands RTP_HEADER_SIZE into the packet
    bool marker;
    bool padding; // the P bit: rtp_padding_size reads the count once the payload is plain
};

// size: of the whole plain packet. Returns the padding's size (0 without the P bit), or -EBADMSG if the count is 0 or
// more than the payload.
int rtp_padding_size(const uint8_t *data, size_t size, const struct rtp_header *header);

// Writes the fixed header alone: 12 bytes, no CSRC, no extension, no padding.
void rtp_write_header(uint8_t *data, uint8_t payload_type, bool marker, uint16_t sequence, uint32_t timestamp,
                      uint32_t ssrc);

static inline uint16_t rtp_sequence(const uint8_t *data)
{
    return bytes_get16(data + 2);
}

static inline uint32_t rtp_timestamp(const uint8_t *data)
{
    return bytes_get32(data + 4);
}

static inline uint32_t rtp_ssrc(const uint8_t *data)
{
    return bytes_get32(data + 8);
}

static inline uint8_t rtp_payload_type(const uint8_t *data)
{
    return data[1] & 0x7f;
}

static inline void rtp_set_sequence(uint8_t *data, uint16_t sequence)
{
    bytes_put16(data + 2, sequence);
}

static inline void rtp_set_timestamp(uint8_t *data, uint32_t timestamp)
{
    bytes_put32(data + 4, timestamp);
}

static inline void rtp_set_ssrc(uint8_t *data, uint32_t ssrc)
{
    bytes_put32(data + 8, ssrc);
}

// Leaves the marker as it is.
static inline void rtp_set_payload_type(uint8_t *data, uint8_t payload_type)
{
    data[1] = (data[1] & 0x80) | (payload_type & 0x7f);
}

static inline void rtp_set_marker(uint8_t *data, bool marker)
{
    data[1] = (uint8_t)((data[1] & 0x7f) | marker << 7);
}

static inline void rtp_set_extension(uint8_t *data, bool extension)
{
    data[0] = (uint8_t)((data[0] & ~0x10) | extension << 4);
}

static inline void rtp_set_padding(uint8_t *data, bool padding)
{
    data[0] = (uint8_t)((data[0] & ~0x20) | padding << 5);
}
