// SPDX-License-Identifier: Apache-2.0
// Takes bursts from the queues that this worker owns; of a flood no strays.
#include "packet.h"
#include "stray.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_FLOW_INPUT = EDGE_FIRST };

static void start_packet(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    packet->port = port->index;
    packet->transport = packet->stream = packet->route = PACKET_NONE;
    packet->received_at = worker->now;
    packet->unknown = 0;
    packet->frame.size = 0;
    packet->reason = DROP_NONE;
    rte_prefetch0(packet_data(mbuf));
}

static uint16_t receive(struct worker *worker, struct rte_graph *graph, struct rte_node *node, const struct port *port)
{
    struct rte_mbuf *mbufs[WORKER_BURST];
    int queue = port_receive_queue(port, worker->index);
    if (queue < 0)
        return 0;
    uint16_t count = rte_eth_rx_burst(port->device, (uint16_t)queue, mbufs, WORKER_BURST);
    if (count == 0)
        return 0;
    uint64_t bytes = 0;
    for (uint16_t i = 0; i < count; i++)
        bytes += mbufs[i]->pkt_len;
    counter_add(&worker->state->received, count);
    counter_add(&worker->state->received_bytes, bytes);
    uint16_t kept = stray_suspects(worker, port, count) ? stray_drop(worker, port, mbufs, count) : count;
    for (uint16_t i = 0; i < kept; i++)
        start_packet(worker, port, mbufs[i]);
    if (kept)
        rte_node_enqueue(graph, node, EDGE_FLOW_INPUT, (void **)mbufs, kept);
    return count;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    count = 0;
    for (unsigned i = 0; i < ports_count(); i++)
        count = (uint16_t)(count + receive(worker, graph, node, ports_get(i)));
    worker->walk.received += count;
    return count;
}

static struct rte_node_register port_rx = {
    .name = "port_rx",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_FLOW_INPUT] = "flow_input"},
};
RTE_NODE_REGISTER(port_rx);
