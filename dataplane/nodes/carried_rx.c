// SPDX-License-Identifier: Apache-2.0
// What TCP peers sent, taken off their connections by naru-control, goes on as if it had come by UDP; and paths whose
// connection was closed go.
#include "carried_address.h"
#include "install.h"
#include "packet.h"
#include "path.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_CLASSIFY = EDGE_FIRST };

static void close_path(struct worker *worker, const struct ring_message *message)
{
    struct transport_entry *transport = install_own_transport(worker, message->transport, message->generation);
    for (unsigned i = 0; transport && i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct path_entry *path = &transport->upkeep->paths[i];
        if (path->flags && transport_address_equal(&path->remote, &message->remote))
            path_close(worker, transport, i);
    }
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf, const struct ring_message *message)
{
    struct packet *packet = packet_of(mbuf);
    if (!install_own_transport(worker, message->transport, message->generation) ||
        !transport_address_is_carried(&message->remote) || !mbuf->data_len)
        return packet_drop(mbuf, DROP_CARRIED_RX_STALE);
    packet->remote = message->remote;
    packet->local = message->local;
    packet->mapped = message->mapped;
    return EDGE_UDP_CLASSIFY;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    struct ring *ring = tables_ring(worker->tables, worker->index, RING_CARRIED_IN);
    struct ring_message message;
    (void)objs;
    if (worker->shards.arriving) // it may be for one of these
        return 0;
    for (count = 0; count < WORKER_BURST && ring_pop(ring, worker->tables->limits.ring_slots, &message); count++) {
        if (message.kind == CARRIED_CLOSED) {
            close_path(worker, &message);
            continue;
        }
        struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_CARRIED);
        if (!mbuf)
            break; // as if a wire had lost it
        uint8_t *data = (uint8_t *)rte_pktmbuf_append(mbuf, message.length);
        if (data)
            memcpy(data, message.data, message.length);
        rte_node_enqueue_x1(graph, node, decide(worker, mbuf, &message), mbuf);
    }
    worker->walk.worked |= count > 0;
    return count;
}

static struct rte_node_register carried_rx = {
    .name = "carried_rx",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_UDP_CLASSIFY] = "udp_classify"},
};
RTE_NODE_REGISTER(carried_rx);
