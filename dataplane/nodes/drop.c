// SPDX-License-Identifier: Apache-2.0
// Every dropped packet ends here, under its name.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)graph;
    (void)node;
    for (uint16_t i = 0; i < count; i++) {
        counter_add(&worker->state->dropped[packet_of(objs[i])->reason], 1);
        worker->walk.strays += packet_of(objs[i])->transport == PACKET_NONE;
    }
    rte_pktmbuf_free_bulk((struct rte_mbuf **)objs, count);
    return count;
}

static struct rte_node_register drop = {.name = "drop", .process = process};
RTE_NODE_REGISTER(drop);
