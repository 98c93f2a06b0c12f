// SPDX-License-Identifier: Apache-2.0
#include "rtp_packet.h"

#include "byte_order.h"
#include <errno.h>
#include <string.h>

#define FIXED_SIZE 12

int rtp_packet_read(const uint8_t *data, size_t size, struct rtp_packet *ret_packet)
{
    if (size < FIXED_SIZE || data[0] >> 6 != 2)
        return -EBADMSG;
    struct rtp_packet packet = {
        .marker = data[1] & 0x80,
        .payload_type = data[1] & 0x7f,
        .sequence = read16(data + 2),
        .timestamp = read32(data + 4),
        .ssrc = read32(data + 8),
    };
    size_t at = FIXED_SIZE + 4u * (data[0] & 0x0f);
    if (data[0] & 0x10) {
        if (size < at + 4)
            return -EBADMSG;
        packet.extension_profile = read16(data + at);
        packet.extension_size = 4u * read16(data + at + 2);
        packet.extension = data + at + 4;
        at += 4 + packet.extension_size;
    }
    if (size < at)
        return -EBADMSG;
    size_t padding = data[0] & 0x20 ? data[size - 1] : 0;
    if ((data[0] & 0x20 && !padding) || padding > size - at)
        return -EBADMSG;
    packet.payload = data + at;
    packet.payload_size = size - at - padding;
    *ret_packet = packet;
    return (int)size;
}

const uint8_t *rtp_packet_extension(const struct rtp_packet *packet, unsigned id, size_t *ret_size)
{
    bool two_byte = (packet->extension_profile & 0xfff0) == 0x1000;
    if (!packet->extension || (!two_byte && packet->extension_profile != 0xbede))
        return NULL;
    const uint8_t *data = packet->extension;
    for (size_t at = 0; at < packet->extension_size;) {
        if (!data[at]) { // padding
            at++;
            continue;
        }
        size_t header = two_byte ? 2 : 1;
        if (at + header > packet->extension_size)
            return NULL;
        unsigned found = two_byte ? data[at] : data[at] >> 4;
        size_t size = two_byte ? data[at + 1] : (data[at] & 0x0fu) + 1;
        if ((!two_byte && found == 15) || size > packet->extension_size - at - header)
            return NULL;
        if (found == id) {
            *ret_size = size;
            return data + at + header;
        }
        at += header + size;
    }
    return NULL;
}

static size_t put_element(uint8_t *at, unsigned id, const void *value, size_t size)
{
    at[0] = (uint8_t)(id << 4 | (size - 1));
    memcpy(at + 1, value, size);
    return 1 + size;
}

// One-byte elements only: the client offers ids below 15 and a mid of one letter.
size_t rtp_packet_begin(uint8_t *data, const struct rtp_packet *header, const struct rtp_packet_extensions *extensions)
{
    data[0] = 0x80;
    data[1] = (uint8_t)((header->marker ? 0x80 : 0) | header->payload_type);
    write16(data + 2, header->sequence);
    write32(data + 4, header->timestamp);
    write32(data + 8, header->ssrc);
    if (!extensions->mid_id && !extensions->twcc_id)
        return FIXED_SIZE;
    size_t start = FIXED_SIZE + 4, at = start;
    size_t mid_size = strlen(extensions->mid);
    if (extensions->mid_id && mid_size && mid_size <= 16)
        at += put_element(data + at, extensions->mid_id, extensions->mid, mid_size);
    if (extensions->twcc_id) {
        uint8_t sequence[2];
        write16(sequence, extensions->twcc_sequence);
        at += put_element(data + at, extensions->twcc_id, sequence, 2);
    }
    while ((at - start) % 4)
        data[at++] = 0;
    data[0] |= 0x10;
    write16(data + FIXED_SIZE, 0xbede);
    write16(data + FIXED_SIZE + 2, (uint16_t)((at - start) / 4));
    return at;
}
