// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include "checksum.h"

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
    ip->hdr_checksum = (uint16_t)~checksum_fold(checksum_sum_words(ip, sizeof(*ip) / 4));
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
    return checksum_sum_words(to->ip, 4) + checksum_sum_words(from->ip, 4) + rte_cpu_to_be_16((uint16_t)size) +
           rte_cpu_to_be_16(protocol);
}

uint16_t frame_pseudo_checksum(const struct transport_address *from, const struct transport_address *to,
                               uint8_t protocol, size_t size)
{
    return checksum_fold(sum_pseudo_header(from, to, protocol, size));
}

uint16_t frame_checksum(const struct transport_address *from, const struct transport_address *to, uint8_t protocol,
                        const uint8_t *data, size_t size)
{
    return (uint16_t)~checksum_fold(checksum_sum(data, size) + sum_pseudo_header(from, to, protocol, size));
}

uint16_t frame_checksum_received(const uint8_t *addresses, size_t address_bytes, const uint8_t *udp, size_t size)
{
    return (uint16_t)~checksum_fold(checksum_sum(udp, size) +
                                    checksum_sum_words(addresses, (unsigned)(address_bytes / 4)) +
                                    rte_cpu_to_be_16((uint16_t)size) + rte_cpu_to_be_16(IPPROTO_UDP));
}
