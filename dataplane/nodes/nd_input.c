// SPDX-License-Identifier: Apache-2.0
// ICMPv6: neighbour discovery (RFC 4861) and echo (RFC 4443). Solicitations and echo requests are answered in place.
#include "burst.h"
#include "frame.h"
#include "nd.h"

#include <netinet/icmp6.h>

enum { EDGE_PORT_TX = EDGE_FIRST };

static bool is_sound(const struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of((struct rte_mbuf *)mbuf);
    const uint8_t *data = packet_data((struct rte_mbuf *)mbuf);
    return mbuf->data_len >= sizeof(struct icmp6_hdr) &&
           frame_checksum(&packet->remote, &packet->local, IPPROTO_ICMPV6, data, mbuf->data_len) == 0;
}

static rte_edge_t answer_solicitation(struct worker *worker, struct port *port, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    struct transport_address target;
    struct rte_ether_addr mac;
    if (packet->hop_limit != 255 || nd_parse(packet_data(mbuf), mbuf->data_len, &target, &mac))
        return packet_drop(mbuf, DROP_ND_INPUT_MALFORMED);
    if (!port_has_address(port, &target))
        return packet_drop(mbuf, DROP_ND_INPUT_UNHANDLED);
    if (!rte_is_zero_ether_addr(&mac))
        port_learn_neighbour(port, worker->index, packet->remote.ip, &mac, worker->now);
    if (transport_address_is_none(&packet->remote)) { // who looks for duplicates is told through the group (7.2.4)
        static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
        packet->remote = transport_address_ipv6(all_nodes, 0);
        packet->remote_mac = (struct rte_ether_addr){.addr_bytes = {0x33, 0x33, 0, 0, 0, 1}};
    }
    packet->local = target;
    mbuf->data_len = mbuf->pkt_len = 0;
    uint8_t *data = (uint8_t *)rte_pktmbuf_append(mbuf, ND_MESSAGE_SIZE);
    if (!data)
        return packet_drop(mbuf, DROP_ND_INPUT_MALFORMED);
    nd_write_advertisement(data, port, &target, &packet->remote);
    return frame_prepend_ip(mbuf, IPPROTO_ICMPV6, ND_HOP_LIMIT) ? packet_drop(mbuf, DROP_ND_INPUT_MALFORMED)
                                                                : EDGE_PORT_TX;
}

static rte_edge_t learn(struct worker *worker, struct port *port, struct rte_mbuf *mbuf)
{
    struct transport_address target;
    struct rte_ether_addr mac;
    if (packet_of(mbuf)->hop_limit != 255 || nd_parse(packet_data(mbuf), mbuf->data_len, &target, &mac))
        return packet_drop(mbuf, DROP_ND_INPUT_MALFORMED);
    // An answer without its option comes from the address that the frame came from.
    const struct rte_ether_addr *station = rte_is_zero_ether_addr(&mac) ? &packet_of(mbuf)->remote_mac : &mac;
    port_learn_neighbour(port, worker->index, target.ip, station, worker->now);
    return packet_consume(mbuf, CONSUME_ND);
}

static rte_edge_t answer_echo(struct port *port, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    uint8_t *icmp = rte_pktmbuf_mtod(mbuf, uint8_t *); // at any address
    unaligned_uint16_t *sum = (unaligned_uint16_t *)(icmp + offsetof(struct icmp6_hdr, icmp6_cksum));
    if (!port_has_address(port, &packet->local))
        return packet_drop(mbuf, DROP_ND_INPUT_UNHANDLED);
    icmp[offsetof(struct icmp6_hdr, icmp6_type)] = ICMP6_ECHO_REPLY;
    *sum = 0;
    *sum = frame_checksum(&packet->local, &packet->remote, IPPROTO_ICMPV6, icmp, mbuf->data_len);
    return frame_prepend_ip(mbuf, IPPROTO_ICMPV6, FRAME_HOP_LIMIT) ? packet_drop(mbuf, DROP_ND_INPUT_MALFORMED)
                                                                   : EDGE_PORT_TX;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct port *port = ports_get(packet_of(mbuf)->port);
    if (!is_sound(mbuf))
        return packet_drop(mbuf, DROP_ND_INPUT_MALFORMED);
    switch (packet_data(mbuf)[0]) {
    case ND_NEIGHBOR_SOLICIT:
        return answer_solicitation(worker, port, mbuf);
    case ND_NEIGHBOR_ADVERT:
        return learn(worker, port, mbuf);
    case ICMP6_ECHO_REQUEST:
        return answer_echo(port, mbuf);
    default:
        return packet_drop(mbuf, DROP_ND_INPUT_UNHANDLED);
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register nd_input = {
    .name = "nd_input",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_PORT_TX] = "port_tx"},
};
RTE_NODE_REGISTER(nd_input);
