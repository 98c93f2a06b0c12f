// SPDX-License-Identifier: Apache-2.0
// Header, extension and padding lie inside the packet.
#include "rtp_parse.h"

#include "expect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtp_header header;
    int offset = rtp_parse(data, size, &header);
    if (offset < 0)
        return 0;
    EXPECT(offset == header.payload_offset && (size_t)offset <= size);
    EXPECT(RTP_HEADER_SIZE + 4u * header.csrc_count <= (size_t)offset);
    EXPECT(header.extension_offset + header.extension_size <= offset);
    EXPECT(header.extension_offset == 0 || header.extension_offset + header.extension_size == offset);
    int padding = rtp_padding_size(data, size, &header);
    EXPECT(padding < 0 || (size_t)(offset + padding) <= size);
    expect_readable(data, (size_t)offset);
    return 0;
}
