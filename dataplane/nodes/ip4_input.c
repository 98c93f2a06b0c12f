// SPDX-License-Identifier: Apache-2.0
// IPv4 (RFC 791): header, checksum, ours, whole; then UDP or ICMP.
#include "burst.h"
#include "martian.h"
#include "received_sums.h"

#include <netinet/in.h>
#include <rte_ip.h>

enum { EDGE_UDP_INPUT = EDGE_FIRST, EDGE_ICMP_INPUT };

static bool is_well_formed(const struct rte_mbuf *mbuf, const struct rte_ipv4_hdr *ip)
{
    return mbuf->data_len >= sizeof(*ip) && ip->version == 4 && rte_ipv4_hdr_len(ip) >= sizeof(*ip) &&
           rte_be_to_cpu_16(ip->total_length) >= rte_ipv4_hdr_len(ip) &&
           rte_be_to_cpu_16(ip->total_length) <= mbuf->data_len;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    const struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(mbuf, const struct rte_ipv4_hdr *);
    (void)worker;
    if (!is_well_formed(mbuf, ip))
        return packet_drop(mbuf, DROP_IP4_INPUT_MALFORMED);
    if (!received_ip4_sum_is_good(mbuf, ip))
        return packet_drop(mbuf, DROP_IP4_INPUT_BAD_CHECKSUM);
    if (ip->fragment_offset & rte_cpu_to_be_16(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK))
        return packet_drop(mbuf, DROP_IP4_INPUT_FRAGMENT);
    transport_address_set_ipv4(&packet->remote, (const uint8_t *)&ip->src_addr);
    transport_address_set_ipv4(&packet->local, (const uint8_t *)&ip->dst_addr);
    const struct port *port = ports_get(packet->port);
    if (!port_has_address(port, &packet->local))
        return packet_drop(mbuf, DROP_IP4_INPUT_NOT_FOR_US);
    if (martian_has(port, &packet->remote, &packet->local))
        return packet_drop(mbuf, DROP_IP4_INPUT_MARTIAN);
    uint8_t protocol = ip->next_proto_id;
    uint16_t total = rte_be_to_cpu_16(ip->total_length), header = rte_ipv4_hdr_len(ip);
    rte_pktmbuf_trim(mbuf, (uint16_t)(mbuf->data_len - total)); // the padding of a short frame
    rte_pktmbuf_adj(mbuf, header);
    if (protocol == IPPROTO_UDP)
        return EDGE_UDP_INPUT;
    return protocol == IPPROTO_ICMP ? EDGE_ICMP_INPUT : packet_drop(mbuf, DROP_IP4_INPUT_UNKNOWN_PROTOCOL);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register ip4_input = {
    .name = "ip4_input",
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_UDP_INPUT] = "udp_input",
                   [EDGE_ICMP_INPUT] = "icmp_input"},
};
RTE_NODE_REGISTER(ip4_input);
