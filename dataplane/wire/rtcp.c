// SPDX-License-Identifier: Apache-2.0
#include "rtcp.h"

#include <errno.h>

#define PADDING_BIT      0x20
#define SENDER_INFO_SIZE 24 // SSRC, NTP, RTP timestamp, packets, octets
#define REPORT_SIZE      24

struct rtcp_iterator rtcp_begin(const uint8_t *data, size_t size)
{
    return (struct rtcp_iterator){.next = data, .end = data + size};
}

// The size that the length field announces, 0 if the packet is not wholly there.
static size_t announced_size(const uint8_t *data, size_t size)
{
    if (size < RTCP_HEADER_SIZE || data[0] >> 6 != 2)
        return 0;
    size_t announced = 4u * (bytes_get16(data + 2) + 1u);
    return announced <= size && announced <= UINT16_MAX ? announced : 0;
}

// RFC 3550 6.4.1: the last byte counts the padding. Senders of transport-wide feedback write counts that are no
// multiple of 4. SIZE_MAX if it does not fit.
static size_t padding_size(const uint8_t *data, size_t announced)
{
    if (!(data[0] & PADDING_BIT))
        return 0;
    uint8_t count = data[announced - 1];
    return count == 0 || count > announced - RTCP_HEADER_SIZE ? SIZE_MAX : count;
}

bool rtcp_next(struct rtcp_iterator *iterator, struct rtcp_packet *ret_packet)
{
    const uint8_t *data = iterator->next;
    if (iterator->bad || data == iterator->end)
        return false;
    size_t announced = announced_size(data, (size_t)(iterator->end - data));
    size_t padding = announced ? padding_size(data, announced) : 0;
    if (announced == 0 || padding == SIZE_MAX || iterator->packets == RTCP_COMPOUND_MAX) {
        iterator->bad = true;
        return false;
    }
    iterator->next += announced;
    iterator->packets++;
    *ret_packet = (struct rtcp_packet){
        .data = data, .size = (uint16_t)(announced - padding), .type = data[1], .count = data[0] & 0x1f};
    return true;
}

int rtcp_parse_sender_info(const struct rtcp_packet *packet, struct rtcp_sender_info *ret_info)
{
    if (packet->type != RTCP_SR || packet->size < RTCP_HEADER_SIZE + SENDER_INFO_SIZE)
        return -EBADMSG;
    const uint8_t *data = packet->data;
    *ret_info = (struct rtcp_sender_info){
        .ssrc = bytes_get32(data + 4),
        .ntp = bytes_get64(data + 8),
        .rtp_timestamp = bytes_get32(data + 16),
        .packets = bytes_get32(data + 20),
        .octets = bytes_get32(data + 24),
    };
    return 0;
}

static size_t reports_offset(const struct rtcp_packet *packet)
{
    return RTCP_HEADER_SIZE + (packet->type == RTCP_SR ? SENDER_INFO_SIZE : 4);
}

int rtcp_parse_reports(const struct rtcp_packet *packet, uint32_t *ret_sender)
{
    if (packet->type != RTCP_SR && packet->type != RTCP_RR)
        return -EBADMSG;
    if (packet->size < reports_offset(packet) + (size_t)packet->count * REPORT_SIZE)
        return -EBADMSG;
    *ret_sender = bytes_get32(packet->data + 4);
    return packet->count;
}

void rtcp_get_report(const struct rtcp_packet *packet, unsigned index, struct rtcp_report *ret_report)
{
    const uint8_t *data = packet->data + reports_offset(packet) + (size_t)index * REPORT_SIZE;
    uint32_t lost = bytes_get24(data + 5);
    *ret_report = (struct rtcp_report){
        .ssrc = bytes_get32(data),
        .fraction_lost = data[4],
        .lost = (int32_t)lost - (lost & 0x800000 ? 1 << 24 : 0),
        .highest = bytes_get32(data + 8),
        .jitter = bytes_get32(data + 12),
        .last_sr = bytes_get32(data + 16),
        .delay = bytes_get32(data + 20),
    };
}

int rtcp_parse_bye(const struct rtcp_packet *packet)
{
    if (packet->type != RTCP_BYE || packet->size < RTCP_HEADER_SIZE + 4u * packet->count)
        return -EBADMSG;
    return packet->count;
}

struct rtcp_sdes_iterator rtcp_sdes_begin(const struct rtcp_packet *packet)
{
    struct rtcp_sdes_iterator iterator = {
        .packet = packet->data, .next = packet->data + RTCP_HEADER_SIZE, .end = packet->data + packet->size};
    iterator.chunks = packet->type == RTCP_SDES ? packet->count : 0;
    return iterator;
}

// The chunk's SSRC; false at the end, or if it does not fit.
static bool open_chunk(struct rtcp_sdes_iterator *iterator)
{
    if (iterator->chunks == 0)
        return false;
    if (iterator->end - iterator->next < 4) {
        iterator->bad = true;
        return false;
    }
    iterator->chunks--;
    iterator->ssrc = bytes_get32(iterator->next);
    iterator->next += 4;
    iterator->inside = true;
    return true;
}

// RFC 3550 6.5: a null item ends the chunk, zeros fill it up to 32 bits. One that the packet's end cuts off is fine.
static void close_chunk(struct rtcp_sdes_iterator *iterator)
{
    size_t used = (size_t)(iterator->next - iterator->packet);
    size_t padded = (used & ~(size_t)3) + 4;
    size_t size = (size_t)(iterator->end - iterator->packet);
    iterator->next = iterator->packet + (used == size || padded > size ? size : padded);
    iterator->inside = false;
}

static bool read_item(struct rtcp_sdes_iterator *iterator, struct rtcp_sdes_item *item)
{
    const uint8_t *at = iterator->next;
    if (iterator->end - at < 2 || at[1] > iterator->end - at - 2) {
        iterator->bad = true;
        return false;
    }
    *item = (struct rtcp_sdes_item){.text = at + 2, .ssrc = iterator->ssrc, .type = at[0], .size = at[1]};
    iterator->next = at + 2 + at[1];
    return true;
}

bool rtcp_sdes_next(struct rtcp_sdes_iterator *iterator, struct rtcp_sdes_item *ret_item)
{
    while (!iterator->bad && (iterator->inside || open_chunk(iterator))) {
        if (iterator->next < iterator->end && *iterator->next)
            return read_item(iterator, ret_item);
        close_chunk(iterator);
    }
    return false;
}
