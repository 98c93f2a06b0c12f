// SPDX-License-Identifier: Apache-2.0
// However a stream is cut, the same packets come out of it, inside of what was given; and they are written as they were
// read.
#include "tcp_frame.h"

#include <string.h>

#include "expect.h"

static size_t walk(const uint8_t *stream, size_t size, size_t *ret_packets)
{
    const uint8_t *packet;
    size_t at = 0, length;
    int taken;
    *ret_packets = 0;
    while ((taken = tcp_frame_parse(stream + at, size - at, &packet, &length)) > 0) {
        uint8_t again[TCP_FRAME_HEADER + TCP_FRAME_MAX];
        EXPECT(packet == stream + at + TCP_FRAME_HEADER && length <= TCP_FRAME_MAX);
        EXPECT((size_t)taken == TCP_FRAME_HEADER + length && (size_t)taken <= size - at);
        EXPECT(tcp_frame_write(again, sizeof(again), packet, length) == taken);
        EXPECT(memcmp(again, stream + at, (size_t)taken) == 0);
        at += (size_t)taken;
        ++*ret_packets;
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t all, first, rest;
    size_t end = walk(data, size, &all);
    size_t cut = size ? data[size - 1] % size : 0;
    size_t begun = walk(data, cut, &first); // what is left over there begins the rest
    EXPECT(begun + walk(data + begun, size - begun, &rest) == end);
    EXPECT(first + rest == all);
    return 0;
}
