// SPDX-License-Identifier: Apache-2.0
// Time: runs what is due (tick.h, next hops) and sends what that, and the slow paths of this walk's predecessor, made.
#include "frame.h"
#include "nd.h"
#include "packet.h"
#include "tick.h"
#include "worker.h"

#include <rte_arp.h>
#include <rte_graph_worker.h>

enum { EDGE_SRTCP_PROTECT = EDGE_FIRST, EDGE_UDP_OUTPUT, EDGE_PORT_TX };

static void ask_arp(struct worker *worker, const struct port *port, const uint8_t ip[16])
{
    static const struct rte_ether_addr everyone = {.addr_bytes = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_ARP);
    if (!mbuf)
        return;
    struct rte_arp_hdr *arp = (struct rte_arp_hdr *)rte_pktmbuf_append(mbuf, sizeof(*arp));
    *arp = (struct rte_arp_hdr){.arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER),
                                .arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4),
                                .arp_hlen = RTE_ETHER_ADDR_LEN,
                                .arp_plen = 4,
                                .arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REQUEST)};
    rte_ether_addr_copy(&port->mac, &arp->arp_data.arp_sha);
    for (unsigned i = 0; i < port->address_count; i++)
        if (port->addresses[i].is_ipv4)
            memcpy(&arp->arp_data.arp_sip, port->addresses[i].ip.ip + 12, 4);
    memcpy(&arp->arp_data.arp_tip, ip + 12, 4);
    packet_of(mbuf)->port = port->index;
    frame_prepend(port, mbuf, &everyone, RTE_ETHER_TYPE_ARP);
    worker_send(worker, &worker->port_outbox, mbuf);
}

static void ask_nd(struct worker *worker, const struct port *port, const uint8_t ip[16])
{
    struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_ND);
    if (!mbuf)
        return;
    struct packet *packet = packet_of(mbuf);
    packet->port = port->index;
    packet->local = port->link_local;
    nd_write_solicitation((uint8_t *)rte_pktmbuf_append(mbuf, ND_MESSAGE_SIZE), port, ip, &packet->remote);
    const uint8_t *group = packet->remote.ip;
    packet->remote_mac =
        (struct rte_ether_addr){.addr_bytes = {0x33, 0x33, group[12], group[13], group[14], group[15]}};
    frame_prepend_ip(mbuf, IPPROTO_ICMPV6, ND_HOP_LIMIT);
    worker_send(worker, &worker->port_outbox, mbuf);
}

static void ask_neighbours(struct worker *worker)
{
    for (unsigned i = 0; i < ports_count(); i++) {
        struct port *port = ports_get(i);
        if (port_receive_queue(port, worker->index) != 0)
            continue; // the worker of the first queue writes the table
        int due = neighbour_due(&port->neighbours, worker->now);
        if (due < 0)
            continue;
        const uint8_t *ip = port->neighbours.entries[due].ip;
        struct transport_address address = {0};
        memcpy(address.ip, ip, sizeof(address.ip));
        if (transport_address_is_ipv4(&address))
            ask_arp(worker, port, ip);
        else
            ask_nd(worker, port, ip);
    }
}

static uint16_t drain(struct rte_graph *graph, struct rte_node *node, struct worker_outbox *outbox, rte_edge_t edge)
{
    uint16_t count = (uint16_t)outbox->count;
    if (count)
        rte_node_enqueue(graph, node, edge, (void **)outbox->mbufs, count);
    outbox->count = 0;
    return count;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    tick_run(worker);
    ask_neighbours(worker);
    count = drain(graph, node, &worker->rtcp_outbox, EDGE_SRTCP_PROTECT);
    count = (uint16_t)(count + drain(graph, node, &worker->udp_outbox, EDGE_UDP_OUTPUT));
    count = (uint16_t)(count + drain(graph, node, &worker->port_outbox, EDGE_PORT_TX));
    worker->walk.worked |= count > 0;
    return count;
}

static struct rte_node_register timers = {
    .name = "timers",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 5,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_SRTCP_PROTECT] = "srtcp_protect",
                   [EDGE_UDP_OUTPUT] = "udp_output",
                   [EDGE_PORT_TX] = "port_tx"},
};
RTE_NODE_REGISTER(timers);
