// SPDX-License-Identifier: Apache-2.0
// What other workers handed over: datagrams for this worker's shards, and frames for the send queues that it owns.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_CLASSIFY = EDGE_FIRST, EDGE_PORT_TX };

static uint16_t take(struct rte_graph *graph, struct rte_node *node, struct rte_ring *ring, rte_edge_t edge)
{
    void *mbufs[WORKER_BURST];
    unsigned count = rte_ring_sc_dequeue_burst(ring, mbufs, WORKER_BURST, NULL);
    if (count)
        rte_node_enqueue(graph, node, edge, mbufs, (uint16_t)count);
    return (uint16_t)count;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    count = take(graph, node, worker->handed_in, EDGE_UDP_CLASSIFY);
    count = (uint16_t)(count + take(graph, node, worker->handed_to_tx, EDGE_PORT_TX));
    counter_add(&worker->state->created[CREATE_HANDED_IN], count);
    worker->worked |= count > 0;
    return count;
}

static struct rte_node_register handoff_rx = {
    .name = "handoff_rx",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_UDP_CLASSIFY] = "udp_classify",
                   [EDGE_PORT_TX] = "port_tx"},
};
RTE_NODE_REGISTER(handoff_rx);
