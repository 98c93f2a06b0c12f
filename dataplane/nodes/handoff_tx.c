// SPDX-License-Identifier: Apache-2.0
// Software steering: packets whose shard another worker owns go to its ring. A batch node: it ends the packets here.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

static void wake(struct worker *worker, unsigned target)
{
    ring_wake(tables_worker_waker(worker->tables, target), worker->workers[target]->wake_fd);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i++) {
        unsigned target = packet_of(objs[i])->worker;
        if (rte_ring_enqueue(worker->workers[target]->handed_in, objs[i])) {
            packet_of(objs[i])->reason = DROP_HANDOFF_FULL;
            rte_node_enqueue_x1(graph, node, EDGE_DROP, objs[i]);
        } else {
            counter_add(&worker->state->consumed[CONSUME_HANDED_OUT], 1);
        }
        if (i + 1 == count || packet_of(objs[i + 1])->worker != target)
            wake(worker, target);
    }
    return count;
}

static struct rte_node_register handoff_tx = {
    .name = "handoff_tx",
    .process = process,
    .nb_edges = 1,
    .next_nodes = {[EDGE_DROP] = "drop"},
};
RTE_NODE_REGISTER(handoff_tx);
