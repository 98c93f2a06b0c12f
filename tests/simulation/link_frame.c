// SPDX-License-Identifier: Apache-2.0
#include "link_frame.h"

#include "bytes.h"

#define ETHERNET 14
#define IP4      20
#define UDP      8
#define ARP      28

const uint8_t frame_router_mac[6] = {0x0a, 'r', 'o', 'u', 't', 'e'};

static uint16_t sum(const uint8_t *data, size_t size, uint32_t start)
{
    uint32_t total = start;
    for (size_t i = 0; i < size; i += 2)
        total += (uint32_t)data[i] << 8 | (i + 1 < size ? data[i + 1] : 0);
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (uint16_t)total;
}

void frame_make(const struct datagram *datagram, const uint8_t gateway_mac[6], struct frame *ret_frame)
{
    uint8_t *at = ret_frame->bytes, *ip = at + ETHERNET, *udp = ip + IP4;
    unsigned size = UDP + datagram->size;
    memset(at, 0, ETHERNET + IP4 + UDP);
    memcpy(at, gateway_mac, 6);
    memcpy(at + 6, frame_router_mac, 6);
    bytes_put16(at + 12, 0x0800);
    ip[0] = 0x45;
    bytes_put16(ip + 2, (uint16_t)(IP4 + size));
    ip[8] = 64;
    ip[9] = 17;
    memcpy(ip + 12, datagram->from.ip + 12, 4);
    memcpy(ip + 16, datagram->to.ip + 12, 4);
    bytes_put16(ip + 10, (uint16_t)~sum(ip, IP4, 0));
    bytes_put16(udp, datagram->from.port);
    bytes_put16(udp + 2, datagram->to.port);
    bytes_put16(udp + 4, (uint16_t)size);
    memcpy(udp + UDP, datagram->data, datagram->size);
    uint16_t checksum = (uint16_t)~sum(udp, size, sum(ip + 12, 8, 17 + size));
    bytes_put16(udp + 6, checksum ? checksum : 0xffff);
    ret_frame->size = ETHERNET + IP4 + size;
}

bool frame_read(const struct frame *frame, struct datagram *ret_datagram)
{
    const uint8_t *ip = frame->bytes + ETHERNET, *udp = ip + IP4;
    if (frame->size < ETHERNET + IP4 + UDP || bytes_get16(frame->bytes + 12) != 0x0800 || ip[9] != 17)
        return false;
    unsigned size = bytes_get16(udp + 4);
    if (size < UDP || ETHERNET + IP4 + size > frame->size || size - UDP > DATAGRAM_MAX)
        return false;
    ret_datagram->from = transport_address_ipv4(ip + 12, bytes_get16(udp));
    ret_datagram->to = transport_address_ipv4(ip + 16, bytes_get16(udp + 2));
    ret_datagram->size = size - UDP;
    memcpy(ret_datagram->data, udp + UDP, ret_datagram->size);
    return true;
}

bool frame_answer_arp(const struct frame *frame, struct frame *ret_answer)
{
    const uint8_t *asked = frame->bytes + ETHERNET;
    if (frame->size < ETHERNET + ARP || bytes_get16(frame->bytes + 12) != 0x0806 || bytes_get16(asked + 6) != 1)
        return false;
    uint8_t *answer = ret_answer->bytes + ETHERNET;
    memset(ret_answer->bytes, 0, ETHERNET + ARP);
    memcpy(ret_answer->bytes, frame->bytes + 6, 6);
    memcpy(ret_answer->bytes + 6, frame_router_mac, 6);
    bytes_put16(ret_answer->bytes + 12, 0x0806);
    memcpy(answer, asked, 6);
    bytes_put16(answer + 6, 2);
    memcpy(answer + 8, frame_router_mac, 6);
    memcpy(answer + 14, asked + 24, 4);
    memcpy(answer + 18, asked + 8, 10);
    ret_answer->size = ETHERNET + ARP;
    return true;
}
