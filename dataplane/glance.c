// SPDX-License-Identifier: Apache-2.0
#include "glance.h"

#include "carried_address.h"
#include "demux.h"
#include "frame.h"
#include "received_sums.h"

#include <netinet/in.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_udp.h>

#define IPV4_HEADERS (RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr))
#define IPV6_HEADERS (RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv6_hdr) + sizeof(struct rte_udp_hdr))

static bool is_our_ethernet(const struct port *port, const struct rte_mbuf *mbuf)
{
    const struct rte_ether_hdr *ethernet = rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *);
    return mbuf->nb_segs == 1 && mbuf->data_len >= IPV4_HEADERS &&
           mbuf->data_len <= port->mtu + (uint32_t)RTE_ETHER_HDR_LEN && port->vlan == 0 &&
           !(mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) && rte_is_same_ether_addr(&ethernet->dst_addr, &port->mac);
}

static bool read_ipv4(const struct rte_mbuf *mbuf, struct glance *glance)
{
    const struct rte_ipv4_hdr *ip =
        rte_pktmbuf_mtod_offset(mbuf, const struct rte_ipv4_hdr *, sizeof(struct rte_ether_hdr));
    const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
    uint16_t total = rte_be_to_cpu_16(ip->total_length), length = rte_be_to_cpu_16(udp->dgram_len);
    uint32_t ports;
    if (ip->version_ihl != RTE_IPV4_VHL_DEF || ip->next_proto_id != IPPROTO_UDP ||
        ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK) ||
        total + RTE_ETHER_HDR_LEN > mbuf->data_len || length + sizeof(*ip) != total || length <= sizeof(*udp) + 1 ||
        !received_ip4_sum_is_good(mbuf, ip))
        return false;
    memcpy(&ports, udp, sizeof(ports));
    flow_tuple_ipv4((const uint8_t *)&ip->src_addr, ports, &glance->tuple);
    glance->headers = IPV4_HEADERS;
    glance->size = (uint16_t)(length - sizeof(*udp));
    return true;
}

static bool read_ipv6(const struct rte_mbuf *mbuf, struct glance *glance)
{
    const struct rte_ipv6_hdr *ip =
        rte_pktmbuf_mtod_offset(mbuf, const struct rte_ipv6_hdr *, sizeof(struct rte_ether_hdr));
    const struct rte_udp_hdr *udp = (const struct rte_udp_hdr *)(ip + 1);
    if (mbuf->data_len < IPV6_HEADERS)
        return false;
    uint16_t payload = rte_be_to_cpu_16(ip->payload_len), length = rte_be_to_cpu_16(udp->dgram_len);
    uint32_t ports;
    if ((ip->vtc_flow & rte_cpu_to_be_32(0xf0000000)) != rte_cpu_to_be_32(0x60000000) || ip->proto != IPPROTO_UDP ||
        RTE_ETHER_HDR_LEN + sizeof(*ip) + payload > mbuf->data_len || length != payload || length <= sizeof(*udp) + 1)
        return false;
    memcpy(&ports, udp, sizeof(ports));
    flow_tuple_ipv6(ip->src_addr, ports, &glance->tuple);
    glance->headers = IPV6_HEADERS;
    glance->size = (uint16_t)(length - sizeof(*udp));
    return true;
}

bool glance_at(const struct port *port, const struct rte_mbuf *mbuf, struct glance *ret_glance)
{
    if (!is_our_ethernet(port, mbuf))
        return false;
    uint16_t type = rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *)->ether_type;
    bool is_plain = type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)   ? read_ipv4(mbuf, ret_glance)
                    : type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV6) ? read_ipv6(mbuf, ret_glance)
                                                                    : false;
    if (is_plain)
        ret_glance->kind =
            (uint8_t)demux_classify(rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, ret_glance->headers), 2);
    return is_plain;
}

bool glance_has_good_checksum(const struct glance *glance, const struct port *port, const struct rte_mbuf *mbuf)
{
    enum sum_verdict verdict = received_udp_verdict(mbuf, port);
    if (verdict != SUM_NOT_CHECKED)
        return verdict == SUM_GOOD;
    const uint8_t *udp = rte_pktmbuf_mtod_offset(mbuf, const uint8_t *, glance->headers - sizeof(struct rte_udp_hdr));
    bool is_ipv4 = glance->headers == IPV4_HEADERS;
    if (((const struct rte_udp_hdr *)udp)->dgram_cksum == 0) // RFC 8200 8.1: not over IPv6
        return is_ipv4;
    return frame_checksum_received((const uint8_t *)glance->tuple.words, is_ipv4 ? 8 : 32, udp,
                                   glance->size + sizeof(struct rte_udp_hdr)) == 0;
}

bool glance_addresses(const struct glance *glance, struct transport_address *ret_remote,
                      struct transport_address *ret_local)
{
    const uint8_t *addresses = (const uint8_t *)glance->tuple.words;
    uint16_t ports[2];
    memcpy(ports, &glance->tuple.words[4], sizeof(ports));
    bool is_ipv4 = glance->headers == IPV4_HEADERS;
    if (is_ipv4) {
        transport_address_set_ipv4(ret_remote, addresses);
        transport_address_set_ipv4(ret_local, addresses + 4);
    } else {
        memcpy(ret_remote->ip, addresses, 16);
        memcpy(ret_local->ip, addresses + 16, 16);
    }
    ret_remote->port = rte_be_to_cpu_16(ports[0]);
    ret_local->port = rte_be_to_cpu_16(ports[1]);
    return is_ipv4 || (!transport_address_is_ipv4(ret_remote) && !transport_address_is_ipv4(ret_local) &&
                       !transport_address_is_carried(ret_remote));
}
