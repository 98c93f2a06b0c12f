// SPDX-License-Identifier: Apache-2.0
#include "tcp_frame.h"

#include "bytes.h"

#include <errno.h>
#include <string.h>

int tcp_frame_parse(const uint8_t *stream, size_t size, const uint8_t **ret_packet, size_t *ret_packet_size)
{
    if (size < TCP_FRAME_HEADER)
        return 0;
    size_t length = bytes_get16(stream);
    if (length > TCP_FRAME_MAX)
        return -EMSGSIZE;
    if (size < TCP_FRAME_HEADER + length)
        return 0;
    *ret_packet = stream + TCP_FRAME_HEADER;
    *ret_packet_size = length;
    return (int)(TCP_FRAME_HEADER + length);
}

int tcp_frame_write(uint8_t *stream, size_t capacity, const uint8_t *packet, size_t size)
{
    if (size > TCP_FRAME_MAX)
        return -EMSGSIZE;
    if (capacity < TCP_FRAME_HEADER + size)
        return -ENOBUFS;
    bytes_put16(stream, (uint16_t)size);
    memcpy(stream + TCP_FRAME_HEADER, packet, size);
    return (int)(TCP_FRAME_HEADER + size);
}
