// SPDX-License-Identifier: Apache-2.0
// Packets for a TCP peer go to naru-control, which has the connection.
#include "burst.h"

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of(mbuf);
    const struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    struct ring_message message;
    if (mbuf->data_len > RING_DATAGRAM_MAX || mbuf->nb_segs > 1)
        return packet_drop(mbuf, DROP_CARRIED_TX_TOO_LONG);
    message.transport = packet->transport;
    message.generation = transport ? transport->generation : 0;
    message.kind = CARRIED_PACKET;
    message.length = mbuf->data_len;
    message.port = 0;
    message.value = 0;
    message.remote = packet->remote;
    message.local = packet->local;
    memset(&message.mapped, 0, sizeof(message.mapped));
    memcpy(message.data, packet_data(mbuf), mbuf->data_len);
    struct ring *ring = tables_ring(worker->tables, worker->index, RING_CARRIED_OUT);
    worker->events_sent = true;
    return ring_push(ring, worker->tables->limits.ring_slots, &message) ? packet_drop(mbuf, DROP_CARRIED_TX_RING_FULL)
                                                                        : packet_consume(mbuf, CONSUME_CARRIED);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register carried_tx = {
    .name = "carried_tx",
    .process = process,
    .nb_edges = 2,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume"},
};
RTE_NODE_REGISTER(carried_tx);
