// SPDX-License-Identifier: Apache-2.0
// Frames to the device, in runs of one port. A port with fewer send queues than workers is served by the workers that
// own them: the others hand their frames over. A batch node: packets end here.
#include "fence.h"
#include "packet.h"
#include "worker.h"

#include <rte_graph_worker.h>

static void drop_rest(struct rte_graph *graph, struct rte_node *node, void **mbufs, uint16_t count,
                      enum drop_reason reason)
{
    for (uint16_t i = 0; i < count; i++)
        packet_of(mbufs[i])->reason = (uint16_t)reason;
    if (count)
        rte_node_enqueue(graph, node, EDGE_DROP, mbufs, count);
}

static void hand_over(struct worker *worker, struct rte_graph *graph, struct rte_node *node, unsigned owner,
                      void **mbufs, uint16_t count)
{
    unsigned taken = rte_ring_enqueue_burst(worker->workers[owner]->handed_to_tx, mbufs, count, NULL);
    counter_add(&worker->state->consumed[CONSUME_HANDED_OUT], taken);
    ring_wake(tables_worker_waker(worker->tables, owner), worker->workers[owner]->wake_fd);
    drop_rest(graph, node, mbufs + taken, (uint16_t)(count - taken), DROP_HANDOFF_FULL);
}

static void transmit(struct worker *worker, struct rte_graph *graph, struct rte_node *node, const struct port *port,
                     void **mbufs, uint16_t count)
{
    unsigned owner = port_send_worker(port, worker->index);
    if (owner != worker->index) {
        hand_over(worker, graph, node, owner, mbufs, count);
        return;
    }
    if (unlikely(worker_is_fenced(worker))) { // in the middle of a walk: it stood still for long
        drop_rest(graph, node, mbufs, count, DROP_PORT_TX_FENCED);
        return;
    }
    uint64_t bytes = 0, rest = 0;
    for (uint16_t i = 0; i < count; i++)
        bytes += ((struct rte_mbuf *)mbufs[i])->pkt_len;
    uint16_t sent = rte_eth_tx_burst(port->device, (uint16_t)worker->index, (struct rte_mbuf **)mbufs, count);
    for (uint16_t i = sent; i < count; i++)
        rest += ((struct rte_mbuf *)mbufs[i])->pkt_len;
    counter_add(&worker->state->sent, sent);
    counter_add(&worker->state->sent_bytes, bytes - rest);
    drop_rest(graph, node, mbufs + sent, (uint16_t)(count - sent), DROP_PORT_TX_FULL);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t start = 0, end; start < count; start = end) {
        uint16_t port = packet_of(objs[start])->port;
        for (end = start; end < count && packet_of(objs[end])->port == port;)
            end++;
        transmit(worker, graph, node, ports_get(port), &objs[start], (uint16_t)(end - start));
    }
    return count;
}

static struct rte_node_register port_tx = {
    .name = "port_tx",
    .process = process,
    .nb_edges = 1,
    .next_nodes = {[EDGE_DROP] = "drop"},
};
RTE_NODE_REGISTER(port_tx);
