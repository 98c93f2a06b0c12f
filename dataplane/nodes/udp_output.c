// SPDX-License-Identifier: Apache-2.0
// UDP, IP and Ethernet around a datagram: the path's allowance, the link's MTU, the next hop, checksums by the device
// or here.
#include "burst.h"
#include "carried_address.h"
#include "frame.h"
#include "frame_template.h"
#include "ip_fragment.h"
#include "path.h"

#include <errno.h>
#include <rte_ip.h>
#include <rte_udp.h>

enum { EDGE_PORT_TX = EDGE_FIRST, EDGE_CARRIED_TX };

static void write_udp(struct rte_mbuf *mbuf, const struct packet *packet, bool sum_in_hardware)
{
    struct rte_udp_hdr *udp = (struct rte_udp_hdr *)rte_pktmbuf_prepend(mbuf, sizeof(*udp));
    uint16_t length = mbuf->data_len;
    *udp = (struct rte_udp_hdr){.src_port = rte_cpu_to_be_16(packet->local.port),
                                .dst_port = rte_cpu_to_be_16(packet->remote.port),
                                .dgram_len = rte_cpu_to_be_16(length)};
    if (sum_in_hardware) {
        bool is_ipv4 = transport_address_is_ipv4(&packet->local);
        mbuf->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM | (is_ipv4 ? RTE_MBUF_F_TX_IPV4 : RTE_MBUF_F_TX_IPV6);
        udp->dgram_cksum = frame_pseudo_checksum(&packet->local, &packet->remote, IPPROTO_UDP, length);
        return;
    }
    uint16_t checksum = frame_checksum(&packet->local, &packet->remote, IPPROTO_UDP, (const uint8_t *)udp, length);
    udp->dgram_cksum = checksum ? checksum : 0xffff; // RFC 768: zero would mean "none"
}

// 0 and the station that carries it on, or -EAGAIN until ARP or ND has an answer.
static int find_station(struct port *port, const struct packet *packet, struct rte_ether_addr *ret_station)
{
    struct transport_address hop;
    // A stranger's address is resolved by nobody's order: 64 invented ones would fill the table.
    if ((port->reply_to_sender_mac || packet->transport == PACKET_NONE) &&
        !rte_is_zero_ether_addr(&packet->remote_mac)) {
        *ret_station = packet->remote_mac;
        return 0;
    }
    if (port_next_hop(port, &packet->remote, &hop))
        return -EHOSTUNREACH;
    int found = neighbour_find(&port->neighbours, hop.ip, ret_station);
    bool is_for_path = packet->transport != PACKET_NONE; // else a check to what a peer has named
    if (found == -ENOENT && (is_for_path || neighbour_has_room(&port->neighbours)))
        neighbour_want(&port->neighbours, hop.ip);
    return found;
}

static bool is_allowed(struct worker *worker, const struct packet *packet, uint32_t bytes)
{
    if (packet->transport == PACKET_NONE)
        return true; // an error to a stranger: under three times the question, ten a second and prefix (stun_reply)
    struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    return path_may_send(&transport->upkeep->paths[packet->path], bytes);
}

// The next packet of a proven path finds its headers ready.
static void keep_frame(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    if (transport && packet->path == transport->selected &&
        transport->upkeep->paths[packet->path].flags & CANDIDATE_PROVEN)
        frame_template_take(port, mbuf, worker->now, &transport->frame);
}

static rte_edge_t go_long_way(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    if (transport_address_is_carried(&packet->remote)) // it has no frame template: all that goes there comes by here
        return is_allowed(worker, packet, mbuf->data_len) ? EDGE_CARRIED_TX
                                                          : packet_drop(mbuf, DROP_UDP_OUTPUT_UNPROVEN);
    struct port *port = ports_get(packet->port);
    struct rte_ether_addr station;
    bool is_ipv4 = transport_address_is_ipv4(&packet->local);
    uint32_t headers =
        sizeof(struct rte_udp_hdr) + (is_ipv4 ? sizeof(struct rte_ipv4_hdr) : sizeof(struct rte_ipv6_hdr));
    bool is_too_long = mbuf->data_len + headers > port->mtu;
    if (is_too_long && !is_ipv4) // RFC 8200 5: a router would not fragment it either
        return packet_drop(mbuf, DROP_UDP_OUTPUT_TOO_LONG);
    if (!is_allowed(worker, packet, mbuf->data_len))
        return packet_drop(mbuf, DROP_UDP_OUTPUT_UNPROVEN);
    if (find_station(port, packet, &station))
        return packet_drop(mbuf, DROP_UDP_OUTPUT_NEXT_HOP_UNRESOLVED);
    write_udp(mbuf, packet, port->checksum_tx && !is_too_long);
    frame_write_ip(mbuf, &packet->local, &packet->remote, IPPROTO_UDP, FRAME_HOP_LIMIT);
    if (is_too_long)
        return ip_fragment_send(worker, port, mbuf, &station) ? packet_drop(mbuf, DROP_UDP_OUTPUT_TOO_LONG)
                                                              : packet_consume(mbuf, CONSUME_FRAGMENTED);
    frame_prepend(port, mbuf, &station, is_ipv4 ? RTE_ETHER_TYPE_IPV4 : RTE_ETHER_TYPE_IPV6);
    keep_frame(worker, port, mbuf);
    return EDGE_PORT_TX;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of(mbuf);
    if (!packet->frame.size)
        return go_long_way(worker, mbuf);
    frame_template_finish(&packet->frame, ports_get(packet->port), mbuf);
    return EDGE_PORT_TX;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register udp_output = {
    .name = "udp_output",
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_PORT_TX] = "port_tx",
                   [EDGE_CARRIED_TX] = "carried_tx"},
};
RTE_NODE_REGISTER(udp_output);
