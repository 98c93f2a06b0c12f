// SPDX-License-Identifier: Apache-2.0
// Ethernet: is it for us, on our VLAN, and what does it carry?
#include "burst.h"

enum { EDGE_ARP_INPUT = EDGE_FIRST, EDGE_IP4_INPUT, EDGE_IP6_INPUT };

static rte_edge_t by_type(struct rte_mbuf *mbuf, uint16_t type)
{
    switch (type) {
    case RTE_ETHER_TYPE_IPV4:
        return EDGE_IP4_INPUT;
    case RTE_ETHER_TYPE_IPV6:
        return EDGE_IP6_INPUT;
    case RTE_ETHER_TYPE_ARP:
        return EDGE_ARP_INPUT;
    default:
        return packet_drop(mbuf, DROP_ETH_INPUT_UNKNOWN_TYPE);
    }
}

// Takes a VLAN tag off, if there is one that the device has not taken off already. -1: cut short.
static int take_vlan(struct rte_mbuf *mbuf, uint16_t *type, uint16_t *ret_vlan)
{
    bool is_stripped = mbuf->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED;
    *ret_vlan = is_stripped ? mbuf->vlan_tci & 0xfff : 0;
    if (is_stripped || *type != RTE_ETHER_TYPE_VLAN) // a second tag is an unknown type
        return 0;
    if (mbuf->data_len < sizeof(struct rte_vlan_hdr))
        return -1;
    const struct rte_vlan_hdr *tag = rte_pktmbuf_mtod(mbuf, const struct rte_vlan_hdr *);
    *type = rte_be_to_cpu_16(tag->eth_proto);
    *ret_vlan = rte_be_to_cpu_16(tag->vlan_tci) & 0xfff;
    rte_pktmbuf_adj(mbuf, sizeof(*tag));
    return 0;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    const struct port *port = ports_get(packet->port);
    uint16_t vlan;
    (void)worker;
    if (mbuf->nb_segs > 1 || mbuf->pkt_len > port->mtu + (uint32_t)(RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN))
        return packet_drop(mbuf, DROP_PORT_RX_TOO_LONG);
    if (mbuf->data_len < RTE_ETHER_HDR_LEN)
        return packet_drop(mbuf, DROP_ETH_INPUT_TOO_SHORT);
    const struct rte_ether_hdr *ethernet = rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *);
    if (!rte_is_same_ether_addr(&ethernet->dst_addr, &port->mac) && !rte_is_multicast_ether_addr(&ethernet->dst_addr))
        return packet_drop(mbuf, DROP_ETH_INPUT_OTHER_MAC);
    rte_ether_addr_copy(&ethernet->src_addr, &packet->remote_mac);
    uint16_t type = rte_be_to_cpu_16(ethernet->ether_type);
    rte_pktmbuf_adj(mbuf, RTE_ETHER_HDR_LEN);
    if (take_vlan(mbuf, &type, &vlan))
        return packet_drop(mbuf, DROP_ETH_INPUT_TOO_SHORT);
    if (vlan != port->vlan)
        return packet_drop(mbuf, DROP_ETH_INPUT_OTHER_VLAN);
    return by_type(mbuf, type);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register eth_input = {
    .name = "eth_input",
    .process = process,
    .nb_edges = 5,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_ARP_INPUT] = "arp_input",
                   [EDGE_IP4_INPUT] = "ip4_input",
                   [EDGE_IP6_INPUT] = "ip6_input"},
};
RTE_NODE_REGISTER(eth_input);
