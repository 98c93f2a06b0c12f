// SPDX-License-Identifier: Apache-2.0
// What other workers handed over: datagrams for this worker's shards, and frames for the send queues that it owns.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_CLASSIFY = EDGE_FIRST, EDGE_PORT_TX, EDGE_HANDOFF_TX };

// The shard may have gone on to another worker since.
static rte_edge_t decide(const struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    uint32_t shard = shard_of_port(&worker->tables->limits, packet->local.port);
    if (worker->shards.phase[shard] == SHARD_OWNED)
        return EDGE_UDP_CLASSIFY;
    packet->worker = worker->shard_worker[shard];
    return EDGE_HANDOFF_TX;
}

static uint16_t take_datagrams(struct worker *worker, struct rte_graph *graph, struct rte_node *node)
{
    void *mbufs[WORKER_BURST];
    if (worker->shards.arriving) // in their order behind those that wait for the shard
        return 0;
    unsigned count = rte_ring_sc_dequeue_burst(worker->handed_in, mbufs, WORKER_BURST, NULL);
    for (unsigned i = 0; i < count; i++)
        rte_node_enqueue_x1(graph, node, decide(worker, mbufs[i]), mbufs[i]);
    return (uint16_t)count;
}

static uint16_t take_frames(struct worker *worker, struct rte_graph *graph, struct rte_node *node)
{
    void *mbufs[WORKER_BURST];
    unsigned count = rte_ring_sc_dequeue_burst(worker->handed_to_tx, mbufs, WORKER_BURST, NULL);
    if (count)
        rte_node_enqueue(graph, node, EDGE_PORT_TX, mbufs, (uint16_t)count);
    return (uint16_t)count;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    uint16_t datagrams = take_datagrams(worker, graph, node), frames = take_frames(worker, graph, node);
    count = (uint16_t)(datagrams + frames);
    counter_add(&worker->state->created[CREATE_HANDED_IN], count);
    worker->walk.received += datagrams;
    worker->walk.worked |= frames > 0;
    return count;
}

static struct rte_node_register handoff_rx = {
    .name = "handoff_rx",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 5,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_UDP_CLASSIFY] = "udp_classify",
                   [EDGE_PORT_TX] = "port_tx",
                   [EDGE_HANDOFF_TX] = "handoff_tx"},
};
RTE_NODE_REGISTER(handoff_rx);
