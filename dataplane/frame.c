// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <errno.h>
#include <rte_ip.h>

int frame_prepend(const struct port *port, struct rte_mbuf *mbuf, const struct rte_ether_addr *to, uint16_t type)
{
    uint16_t size = (uint16_t)(RTE_ETHER_HDR_LEN + (port->vlan ? RTE_VLAN_HLEN : 0));
    struct rte_ether_hdr *ethernet = (struct rte_ether_hdr *)rte_pktmbuf_prepend(mbuf, size);
    if (!ethernet)
        return -ENOBUFS;
    struct rte_ether_addr destination = *to; // may lie in the packet itself
    rte_ether_addr_copy(&destination, &ethernet->dst_addr);
    rte_ether_addr_copy(&port->mac, &ethernet->src_addr);
    ethernet->ether_type = rte_cpu_to_be_16(port->vlan ? RTE_ETHER_TYPE_VLAN : type);
    if (port->vlan) {
        struct rte_vlan_hdr *tag = (struct rte_vlan_hdr *)(ethernet + 1);
        tag->vlan_tci = rte_cpu_to_be_16(port->vlan);
        tag->eth_proto = rte_cpu_to_be_16(type);
    }
    mbuf->l2_len = size & 0x7f;
    return 0;
}

static uint64_t sum_words_of(const void *data, unsigned words)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < words; i++) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)data + 4 * i, sizeof(word));
        sum += word;
    }
    return sum;
}

static uint16_t fold(uint64_t sum)
{
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

static int write_ip4(struct rte_mbuf *mbuf, const struct transport_address *from, const struct transport_address *to,
                     uint8_t protocol, uint8_t hop_limit)
{
    struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)rte_pktmbuf_prepend(mbuf, sizeof(*ip));
    if (!ip)
        return -ENOBUFS;
    *ip = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
                                .total_length = rte_cpu_to_be_16(mbuf->data_len),
                                .fragment_offset = rte_cpu_to_be_16(RTE_IPV4_HDR_DF_FLAG),
                                .time_to_live = hop_limit,
                                .next_proto_id = protocol};
    memcpy(&ip->src_addr, from->ip + 12, 4);
    memcpy(&ip->dst_addr, to->ip + 12, 4);
    ip->hdr_checksum = (uint16_t)~fold(sum_words_of(ip, sizeof(*ip) / 4));
    mbuf->l3_len = sizeof(*ip);
    return 0;
}

static int write_ip6(struct rte_mbuf *mbuf, const struct transport_address *from, const struct transport_address *to,
                     uint8_t protocol, uint8_t hop_limit)
{
    uint16_t payload = mbuf->data_len;
    struct rte_ipv6_hdr *ip = (struct rte_ipv6_hdr *)rte_pktmbuf_prepend(mbuf, sizeof(*ip));
    if (!ip)
        return -ENOBUFS;
    *ip = (struct rte_ipv6_hdr){.vtc_flow = rte_cpu_to_be_32(6u << 28),
                                .payload_len = rte_cpu_to_be_16(payload),
                                .proto = protocol,
                                .hop_limits = hop_limit};
    memcpy(ip->src_addr, from->ip, 16);
    memcpy(ip->dst_addr, to->ip, 16);
    mbuf->l3_len = sizeof(*ip);
    return 0;
}

int frame_write_ip(struct rte_mbuf *mbuf, const struct transport_address *from, const struct transport_address *to,
                   uint8_t protocol, uint8_t hop_limit)
{
    return transport_address_is_ipv4(from) ? write_ip4(mbuf, from, to, protocol, hop_limit)
                                           : write_ip6(mbuf, from, to, protocol, hop_limit);
}

int frame_prepend_ip(struct rte_mbuf *mbuf, uint8_t protocol, uint8_t hop_limit)
{
    struct packet *packet = packet_of(mbuf);
    int error = frame_write_ip(mbuf, &packet->local, &packet->remote, protocol, hop_limit);
    uint16_t type = transport_address_is_ipv4(&packet->local) ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6;
    return error ? error : frame_prepend(ports_get(packet->port), mbuf, &packet->remote_mac, type);
}

static uint64_t sum_pseudo_header(const struct transport_address *from, const struct transport_address *to,
                                  uint8_t protocol, size_t size)
{
    // The v4-mapped prefix adds 0xffff twice, which is zero in ones' complement; both families sum alike.
    return sum_words_of(to->ip, 4) + sum_words_of(from->ip, 4) + rte_cpu_to_be_16((uint16_t)size) +
           rte_cpu_to_be_16(protocol);
}

uint16_t frame_pseudo_checksum(const struct transport_address *from, const struct transport_address *to,
                               uint8_t protocol, size_t size)
{
    return fold(sum_pseudo_header(from, to, protocol, size));
}

// Ones' complement addition does not care where a carry is added (RFC 1071 2): 32-bit words in 64-bit lanes, folded at
// the end. __rte_raw_cksum adds 16 bits at a time, which costs more than the encryption of a packet.
typedef uint64_t lanes __attribute__((vector_size(64)));

static __rte_always_inline uint64_t sum_words(const uint8_t *data, size_t size)
{
    lanes low = {0}, high = {0};
    size_t i = 0;
    for (; i + sizeof(lanes) <= size; i += sizeof(lanes)) {
        lanes block;
        memcpy(&block, data + i, sizeof(block));
        low += block & UINT32_MAX;
        high += block >> 32;
    }
    low += high;
    uint64_t sum = 0;
    for (unsigned lane = 0; lane < sizeof(lanes) / sizeof(sum); lane++)
        sum += low[lane];
    for (; i + sizeof(uint32_t) <= size; i += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, data + i, sizeof(word));
        sum += word;
    }
    uint32_t last = 0; // padded with zeros behind, as RFC 768 has it
    memcpy(&last, data + i, size - i);
    return sum + last;
}

static uint64_t sum_plain(const uint8_t *data, size_t size)
{
    return sum_words(data, size);
}

static uint64_t (*sum_data)(const uint8_t *data, size_t size) = sum_plain;

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint64_t sum_avx2(const uint8_t *data, size_t size)
{
    return sum_words(data, size);
}

__attribute__((target("avx512f"))) static uint64_t sum_avx512(const uint8_t *data, size_t size)
{
    return sum_words(data, size);
}

__attribute__((constructor)) static void choose_sum(void)
{
    if (__builtin_cpu_supports("avx512f"))
        sum_data = sum_avx512;
    else if (__builtin_cpu_supports("avx2"))
        sum_data = sum_avx2;
}
#endif

uint16_t frame_checksum(const struct transport_address *from, const struct transport_address *to, uint8_t protocol,
                        const uint8_t *data, size_t size)
{
    return (uint16_t)~fold(sum_data(data, size) + sum_pseudo_header(from, to, protocol, size));
}
