// SPDX-License-Identifier: Apache-2.0
// A frame lies inside the datagram and its header is written as it was read.
#include "channel_data.h"

#include <string.h>

#include "expect.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct channel_data frame;
    uint8_t header[CHANNEL_DATA_HEADER_SIZE];
    int used = channel_data_parse(data, size, &frame);
    if (used < 0)
        return 0;
    EXPECT((size_t)used <= size && used == CHANNEL_DATA_HEADER_SIZE + frame.size);
    EXPECT(channel_data_write_header(header, frame.channel, frame.size) == CHANNEL_DATA_HEADER_SIZE);
    EXPECT(memcmp(header, data, sizeof(header)) == 0);
    return 0;
}
