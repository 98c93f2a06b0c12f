// SPDX-License-Identifier: Apache-2.0
// Where a walk begins for the fan-out: plaintexts that the walk before read to the end are freed, and what it left in
// the queue goes on. fan_out is no source itself, so that rtp_route can call it in the same walk.
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_FAN_OUT = EDGE_FIRST };

static void free_finished(struct worker *worker)
{
    struct fan_out_queue *queue = &worker->fan_out;
    if (!queue->finished_count)
        return;
    rte_pktmbuf_free_bulk(queue->finished, queue->finished_count);
    counter_add(&worker->state->consumed[CONSUME_RTP], queue->finished_count);
    queue->finished_count = 0;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    (void)count;
    free_finished(worker);
    if (worker->fan_out.count)
        rte_node_enqueue_x1(graph, node, EDGE_FAN_OUT, NULL); // a call, no packet
    return 0;
}

static struct rte_node_register fan_out_resume = {
    .name = "fan_out_resume",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_FAN_OUT] = "fan_out"},
};
RTE_NODE_REGISTER(fan_out_resume);
