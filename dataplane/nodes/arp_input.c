// SPDX-License-Identifier: Apache-2.0
// ARP (RFC 826): answers requests for our addresses in place, learns from answers and from whom asks.
#include "burst.h"
#include "frame.h"

#include <rte_arp.h>

enum { EDGE_PORT_TX = EDGE_FIRST };

static struct transport_address ipv4_of(rte_be32_t ip)
{
    return transport_address_ipv4((const uint8_t *)&ip, 0);
}

static rte_edge_t answer(const struct port *port, struct rte_mbuf *mbuf, struct rte_arp_hdr *arp)
{
    rte_be32_t asked = arp->arp_data.arp_tip;
    arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REPLY);
    arp->arp_data.arp_tha = arp->arp_data.arp_sha;
    arp->arp_data.arp_tip = arp->arp_data.arp_sip;
    rte_ether_addr_copy(&port->mac, &arp->arp_data.arp_sha);
    arp->arp_data.arp_sip = asked;
    mbuf->data_len = mbuf->pkt_len = sizeof(*arp); // without the padding of the shortest frame
    return frame_prepend(port, mbuf, &arp->arp_data.arp_tha, RTE_ETHER_TYPE_ARP)
               ? packet_drop(mbuf, DROP_ARP_INPUT_MALFORMED)
               : EDGE_PORT_TX;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct port *port = ports_get(packet_of(mbuf)->port);
    struct rte_arp_hdr *arp = rte_pktmbuf_mtod(mbuf, struct rte_arp_hdr *);
    if (mbuf->data_len < sizeof(*arp) || arp->arp_hardware != rte_cpu_to_be_16(RTE_ARP_HRD_ETHER) ||
        arp->arp_protocol != rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4) || arp->arp_hlen != RTE_ETHER_ADDR_LEN ||
        arp->arp_plen != 4 || rte_is_multicast_ether_addr(&arp->arp_data.arp_sha))
        return packet_drop(mbuf, DROP_ARP_INPUT_MALFORMED);
    struct transport_address target = ipv4_of(arp->arp_data.arp_tip), sender = ipv4_of(arp->arp_data.arp_sip);
    bool is_ours = port_has_address(port, &target);
    if (!is_ours &&
        arp->arp_data.arp_tip != arp->arp_data.arp_sip) // RFC 5227 3: a known station may tell that it moved
        return packet_drop(mbuf, DROP_ARP_INPUT_NOT_FOR_US);
    port_learn_neighbour(port, worker->index, sender.ip, &arp->arp_data.arp_sha, worker->now);
    if (is_ours && arp->arp_opcode == rte_cpu_to_be_16(RTE_ARP_OP_REQUEST))
        return answer(port, mbuf, arp);
    return packet_consume(mbuf, CONSUME_ARP);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register arp_input = {
    .name = "arp_input",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_PORT_TX] = "port_tx"},
};
RTE_NODE_REGISTER(arp_input);
