// SPDX-License-Identifier: Apache-2.0
// Packets that reached what they were for: counted by kind, freed.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)graph;
    (void)node;
    for (uint16_t i = 0; i < count; i++)
        counter_add(&worker->state->consumed[packet_of(objs[i])->consume], 1);
    rte_pktmbuf_free_bulk((struct rte_mbuf **)objs, count);
    return count;
}

static struct rte_node_register consume = {.name = "consume", .process = process};
RTE_NODE_REGISTER(consume);
