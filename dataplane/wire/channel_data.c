// SPDX-License-Identifier: Apache-2.0
#include "channel_data.h"

#include <errno.h>

#include "bytes.h"
#include "limits.h"

int channel_data_parse(const uint8_t *data, size_t size, struct channel_data *ret_frame)
{
    if (size < CHANNEL_DATA_HEADER_SIZE)
        return -EBADMSG;
    uint16_t channel = bytes_get16(data);
    uint16_t length = bytes_get16(data + 2);
    if (channel < CHANNEL_NUMBER_FIRST || channel > CHANNEL_NUMBER_LAST || length > size - CHANNEL_DATA_HEADER_SIZE)
        return -EBADMSG;
    *ret_frame = (struct channel_data){.channel = channel, .size = length};
    return CHANNEL_DATA_HEADER_SIZE + length;
}

int channel_data_write_header(uint8_t *data, uint16_t channel, size_t size)
{
    if (channel < CHANNEL_NUMBER_FIRST || channel > CHANNEL_NUMBER_LAST || size > UINT16_MAX)
        return -EINVAL;
    bytes_put16(data, channel);
    bytes_put16(data + 2, (uint16_t)size);
    return CHANNEL_DATA_HEADER_SIZE;
}
