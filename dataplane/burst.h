// SPDX-License-Identifier: Apache-2.0
// The burst loop, once: a node says where one packet goes, this moves the burst.
#pragma once

#include "packet.h"
#include "poison.h"
#include "worker.h"

#include <rte_graph_worker.h>

typedef rte_edge_t (*burst_decide)(struct worker *worker, struct rte_mbuf *mbuf);

// Hands runs of packets with the same edge on together; a whole burst with one edge moves as one stream.
static __rte_always_inline uint16_t burst_forward(struct rte_graph *graph, struct rte_node *node, void **objs,
                                                  uint16_t count, burst_decide decide)
{
    struct worker *worker = worker_self();
    uint16_t start = 0;
    rte_edge_t edge = 0;
    for (uint16_t i = 0; i < count; i++) {
        if (i + 1 < count)
            rte_prefetch0(packet_of(objs[i + 1]));
        rte_edge_t next = decide(worker, objs[i]);
        if (i > start && next != edge) {
            rte_node_enqueue(graph, node, edge, &objs[start], (uint16_t)(i - start));
            start = i;
        }
        edge = next;
    }
    worker_works_on_none(worker);
    if (start == 0 && count)
        rte_node_next_stream_move(graph, node, edge);
    else if (count)
        rte_node_enqueue(graph, node, edge, &objs[start], (uint16_t)(count - start));
    return count;
}
