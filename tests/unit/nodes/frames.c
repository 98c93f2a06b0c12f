// SPDX-License-Identifier: Apache-2.0
#include "frames.h"

#include "bytes.h"

#include <CUnit/CUnit.h>
#include <netinet/in.h>

struct transport_address host4(unsigned number, uint16_t port)
{
    return transport_address_ipv4((const uint8_t[]){192, 0, 2, (uint8_t)number}, port);
}

struct transport_address host6(unsigned number, uint16_t port)
{
    const uint8_t ip[16] = {0x20, 0x01, 0x0d, 0xb8, [14] = (uint8_t)(number >> 8), (uint8_t)number};
    return transport_address_ipv6(ip, port);
}

void host_mac(unsigned number, uint8_t ret_mac[6])
{
    const uint8_t mac[6] = {0x0a, 0, 0, 0, (uint8_t)(number >> 8), (uint8_t)number};
    memcpy(ret_mac, mac, 6);
}

struct transport_address our4(uint16_t port)
{
    return host4(1, port);
}

struct transport_address our6(uint16_t port)
{
    return host6(1, port);
}

void frames_introduce(unsigned number)
{
    struct neighbour_table *table = &ports_get(PORT_PLAIN)->neighbours;
    struct transport_address both[2] = {host4(number, 0), host6(number, 0)};
    struct rte_ether_addr mac;
    host_mac(number, mac.addr_bytes);
    for (int i = 0; i < 2; i++) {
        neighbour_add(table, both[i].ip, true);
        neighbour_learn(table, both[i].ip, &mac, gateway.now);
    }
}

void frame_append(struct frame *frame, const void *data, size_t size)
{
    CU_ASSERT_FATAL(frame->size + size <= FRAME_MAX);
    memcpy(frame->bytes + frame->size, data, size);
    frame->size += (unsigned)size;
}

void frame_ethernet(struct frame *frame, const uint8_t to[6], unsigned host, uint16_t type)
{
    uint8_t header[ETHERNET_SIZE];
    memcpy(header, to, 6);
    host_mac(host, header + 6);
    bytes_put16(header + 12, type);
    frame->size = 0;
    frame_append(frame, header, sizeof(header));
}

uint16_t sum_of(const uint8_t *data, size_t size, uint32_t start)
{
    uint32_t sum = start;
    for (size_t i = 0; i < size; i += 2)
        sum += (uint32_t)data[i] << 8 | (i + 1 < size ? data[i + 1] : 0);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

uint16_t sum_with_pseudo_header(const struct transport_address *from, const struct transport_address *to,
                                uint8_t protocol, const uint8_t *data, size_t size)
{
    size_t skip = transport_address_is_ipv4(from) ? 12 : 0;
    uint32_t sum = sum_of(from->ip + skip, 16 - skip, sum_of(to->ip + skip, 16 - skip, (uint32_t)size + protocol));
    return (uint16_t)~sum_of(data, size, sum);
}

static void append_ip4(struct frame *frame, const struct transport_address *from, const struct transport_address *to,
                       uint8_t protocol, size_t size)
{
    uint8_t ip[IP4_SIZE] = {0x45, [8] = 64, [9] = protocol};
    bytes_put16(ip + 2, (uint16_t)(IP4_SIZE + size));
    memcpy(ip + 12, from->ip + 12, 4);
    memcpy(ip + 16, to->ip + 12, 4);
    bytes_put16(ip + 10, (uint16_t)~sum_of(ip, sizeof(ip), 0));
    frame_append(frame, ip, sizeof(ip));
}

static void append_ip6(struct frame *frame, const struct transport_address *from, const struct transport_address *to,
                       uint8_t protocol, size_t size)
{
    uint8_t ip[IP6_SIZE] = {0x60, [6] = protocol, [7] = 255};
    bytes_put16(ip + 4, (uint16_t)size);
    memcpy(ip + 8, from->ip, 16);
    memcpy(ip + 24, to->ip, 16);
    frame_append(frame, ip, sizeof(ip));
}

void frame_fix_ip4_sum(struct frame *frame)
{
    uint8_t *ip = frame->bytes + ETHERNET_SIZE;
    bytes_put16(ip + 10, 0);
    bytes_put16(ip + 10, (uint16_t)~sum_of(ip, (size_t)(ip[0] & 15) * 4, 0));
}

void frame_ip(struct frame *frame, unsigned host, const struct transport_address *from,
              const struct transport_address *to, uint8_t protocol, const void *payload, size_t size)
{
    bool is_ipv4 = transport_address_is_ipv4(from);
    frame_ethernet(frame, ports_get(PORT_PLAIN)->mac.addr_bytes, host, is_ipv4 ? 0x0800 : 0x86dd);
    (is_ipv4 ? append_ip4 : append_ip6)(frame, from, to, protocol, size);
    frame_append(frame, payload, size);
}

void frame_udp(struct frame *frame, unsigned host, const struct transport_address *from,
               const struct transport_address *to, const void *payload, size_t size)
{
    static uint8_t udp[FRAME_MAX];
    bytes_put16(udp, from->port);
    bytes_put16(udp + 2, to->port);
    bytes_put16(udp + 4, (uint16_t)(UDP_SIZE + size));
    bytes_put16(udp + 6, 0);
    memcpy(udp + UDP_SIZE, payload, size);
    bytes_put16(udp + 6, sum_with_pseudo_header(from, to, IPPROTO_UDP, udp, UDP_SIZE + size));
    frame_ip(frame, host, from, to, IPPROTO_UDP, udp, UDP_SIZE + size);
}

bool frame_read_udp(const struct frame *frame, struct datagram *ret_datagram)
{
    uint16_t type = bytes_get16(frame->bytes + 12);
    const uint8_t *ip = frame->bytes + ETHERNET_SIZE;
    bool is_ipv4 = type == 0x0800;
    if ((!is_ipv4 && type != 0x86dd) || (is_ipv4 ? ip[9] : ip[6]) != IPPROTO_UDP)
        return false;
    size_t header = is_ipv4 ? IP4_SIZE : IP6_SIZE;
    const uint8_t *udp = ip + header;
    uint16_t size = bytes_get16(udp + 4);
    ret_datagram->from = is_ipv4 ? transport_address_ipv4(ip + 12, 0) : transport_address_ipv6(ip + 8, 0);
    ret_datagram->to = is_ipv4 ? transport_address_ipv4(ip + 16, 0) : transport_address_ipv6(ip + 24, 0);
    ret_datagram->from.port = bytes_get16(udp);
    ret_datagram->to.port = bytes_get16(udp + 2);
    memcpy(ret_datagram->station, frame->bytes, 6);
    CU_ASSERT_EQUAL_FATAL(frame->size, ETHERNET_SIZE + header + size);
    CU_ASSERT(!is_ipv4 || sum_of(ip, IP4_SIZE, 0) == 0xffff);
    CU_ASSERT(bytes_get16(udp + 6) != 0);
    CU_ASSERT_EQUAL(sum_with_pseudo_header(&ret_datagram->from, &ret_datagram->to, IPPROTO_UDP, udp, size), 0);
    ret_datagram->size = size - UDP_SIZE;
    memcpy(ret_datagram->bytes, udp + UDP_SIZE, ret_datagram->size);
    return true;
}
