// SPDX-License-Identifier: Apache-2.0
// TURN ChannelData (RFC 8656 12.4).
#pragma once

#include <stddef.h>
#include <stdint.h>

struct channel_data {
    uint16_t channel; // 0x4000..0x4fff
    uint16_t size;    // of the application data, which starts CHANNEL_DATA_HEADER_SIZE into the datagram
};

// Over UDP padding is optional and ignored. Returns the bytes of header and data, or -EBADMSG.
int channel_data_parse(const uint8_t *data, size_t size, struct channel_data *ret_frame);

// Writes the header in front of size bytes that already stand behind it. CHANNEL_DATA_HEADER_SIZE or -EINVAL.
int channel_data_write_header(uint8_t *data, uint16_t channel, size_t size);
