// SPDX-License-Identifier: Apache-2.0
// IPv6 (RFC 8200): header, ours, whole; then UDP or ICMPv6. Extension headers have no place in media and are named.
#include "burst.h"
#include "martian.h"

#include <netinet/in.h>
#include <rte_ip.h>

enum { EDGE_UDP_INPUT = EDGE_FIRST, EDGE_ND_INPUT };

// A host without an address looks for duplicates by ICMPv6.
static bool is_martian(const struct packet *packet, uint8_t protocol)
{
    return martian_has(ports_get(packet->port), &packet->remote, &packet->local) &&
           !(transport_address_is_none(&packet->remote) && protocol == IPPROTO_ICMPV6);
}

static rte_edge_t by_protocol(struct rte_mbuf *mbuf, const struct port *port, uint8_t protocol)
{
    bool is_ours = port_has_address(port, &packet_of(mbuf)->local);
    switch (protocol) {
    case IPPROTO_UDP:
        return is_ours ? EDGE_UDP_INPUT : packet_drop(mbuf, DROP_IP6_INPUT_NOT_FOR_US);
    case IPPROTO_ICMPV6: // neighbour solicitations come to a multicast group
        return EDGE_ND_INPUT;
    case IPPROTO_FRAGMENT:
        return packet_drop(mbuf, DROP_IP6_INPUT_FRAGMENT);
    default:
        return packet_drop(mbuf, is_ours ? DROP_IP6_INPUT_UNKNOWN_PROTOCOL : DROP_IP6_INPUT_NOT_FOR_US);
    }
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    const struct rte_ipv6_hdr *ip = rte_pktmbuf_mtod(mbuf, const struct rte_ipv6_hdr *);
    (void)worker;
    if (mbuf->data_len < sizeof(*ip) || (rte_be_to_cpu_32(ip->vtc_flow) >> 28) != 6)
        return packet_drop(mbuf, DROP_IP6_INPUT_MALFORMED);
    uint32_t total = sizeof(*ip) + rte_be_to_cpu_16(ip->payload_len);
    if (total > mbuf->data_len)
        return packet_drop(mbuf, DROP_IP6_INPUT_MALFORMED);
    packet->remote = transport_address_ipv6(ip->src_addr, 0);
    packet->local = transport_address_ipv6(ip->dst_addr, 0);
    // ::ffff:0:0/96 never travels on a link; here it stands for IPv4 and would pass for it.
    if (transport_address_is_ipv4(&packet->remote) || transport_address_is_ipv4(&packet->local))
        return packet_drop(mbuf, DROP_IP6_INPUT_MALFORMED);
    packet->hop_limit = ip->hop_limits;
    uint8_t protocol = ip->proto;
    if (is_martian(packet, protocol))
        return packet_drop(mbuf, DROP_IP6_INPUT_MARTIAN);
    rte_pktmbuf_trim(mbuf, (uint16_t)(mbuf->data_len - total));
    rte_pktmbuf_adj(mbuf, sizeof(*ip));
    return by_protocol(mbuf, ports_get(packet->port), protocol);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register ip6_input = {
    .name = "ip6_input",
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_UDP_INPUT] = "udp_input",
                   [EDGE_ND_INPUT] = "nd_input"},
};
RTE_NODE_REGISTER(ip6_input);
