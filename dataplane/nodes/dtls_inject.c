// SPDX-License-Identifier: Apache-2.0
// DTLS datagrams that naru-control wants sent: to the address that it names, if the session has it, else to the
// selected one, else to the one that DTLS came from last. And a full ICE agent's checks and paths.
#include "full_agent.h"
#include "install.h"
#include "packet.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_OUTPUT = EDGE_FIRST };

static unsigned choose_path(const struct transport_entry *transport, const struct ring_message *message)
{
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) {
        const struct path_entry *path = &transport->upkeep->paths[i];
        if (path->flags && transport_address_equal(&path->remote, &message->remote) &&
            transport_address_equal(&path->local, &message->local))
            return i;
    }
    if (transport->selected != ENTRY_NO_PATH)
        return transport->selected;
    if (transport->upkeep->dtls_path != ENTRY_NO_PATH)
        return transport->upkeep->dtls_path;
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES; i++) // a DTLS client speaks first, on what was checked
        if (transport->upkeep->paths[i].flags & CANDIDATE_CHECKED)
            return i;
    return ENTRY_NO_PATH;
}

static rte_edge_t follow_order(struct worker *worker, struct rte_mbuf *mbuf, struct transport_entry *transport,
                               const struct ring_message *message)
{
    int done = full_agent_order(worker, transport, message, packet_of(mbuf));
    if (done < 0)
        return packet_drop(mbuf, DROP_INJECT_STALE);
    return done == FULL_AGENT_SENDS ? EDGE_UDP_OUTPUT : packet_consume(mbuf, CONSUME_STUN);
}

static rte_edge_t address(struct worker *worker, struct rte_mbuf *mbuf, const struct ring_message *message)
{
    struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = install_own_transport(worker, message->transport, message->generation);
    if (!transport)
        return packet_drop(mbuf, DROP_INJECT_STALE);
    if (message->kind != INJECT_DATAGRAM)
        return follow_order(worker, mbuf, transport, message);
    if (!mbuf->data_len)
        return packet_drop(mbuf, DROP_INJECT_STALE);
    unsigned path = choose_path(transport, message);
    if (path == ENTRY_NO_PATH)
        return packet_drop(mbuf, DROP_UDP_OUTPUT_NO_PATH);
    packet->transport = message->transport;
    packet->path = (uint8_t)path;
    path_address(&transport->upkeep->paths[path], packet);
    return EDGE_UDP_OUTPUT;
}

static uint16_t take(struct worker *worker, struct rte_graph *graph, struct rte_node *node, enum ring_kind kind)
{
    struct ring *ring = tables_ring(worker->tables, worker->index, kind);
    struct ring_message message;
    uint16_t count = 0;
    while (count < WORKER_BURST && ring_pop(ring, worker->tables->limits.ring_slots, &message)) {
        struct rte_mbuf *mbuf = worker_make_packet(worker, CREATE_INJECTED);
        if (!mbuf)
            break; // DTLS sends again
        uint8_t *data = (uint8_t *)rte_pktmbuf_append(mbuf, message.length);
        if (data)
            memcpy(data, message.data, message.length);
        rte_node_enqueue_x1(graph, node, address(worker, mbuf, &message), mbuf);
        count++;
    }
    return count;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    (void)objs;
    if (worker->shards.arriving) // it may be for one of these
        return 0;
    count = take(worker, graph, node, RING_INJECT_ESTABLISHED);
    count = (uint16_t)(count + take(worker, graph, node, RING_INJECT_HANDSHAKE));
    worker->walk.worked |= count > 0;
    return count;
}

static struct rte_node_register dtls_inject = {
    .name = "dtls_inject",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_UDP_OUTPUT] = "udp_output"},
};
RTE_NODE_REGISTER(dtls_inject);
