// SPDX-License-Identifier: Apache-2.0
// DTLS goes to naru-control: from addresses with an authenticated check only, under a budget per session.
#include "burst.h"
#include "dtls_record.h"
#include "path.h"

#define PUNTS_A_SECOND 50.0 // per session; a handshake takes about ten
#define PUNTS_BURST    30.0
#define DATA_BURST     0.05 // s of what data channels may send

// A session of data channels has more once its keys are there: SCTP has its own ways with what is dropped.
static void set_budget(const struct transport_entry *transport, double *ret_rate, double *ret_burst)
{
    bool has_more = transport->keys && transport->upkeep->dtls_packets > PUNTS_A_SECOND;
    *ret_rate = has_more ? transport->upkeep->dtls_packets : PUNTS_A_SECOND;
    *ret_burst = has_more ? RTE_MAX(PUNTS_BURST, *ret_rate * DATA_BURST) : PUNTS_BURST;
}

static bool within_budget(struct worker *worker, struct transport_entry *transport)
{
    double rate, burst;
    set_budget(transport, &rate, &burst);
    double refill = (double)(worker->now - transport->upkeep->punt_refilled) * rate / 1e9;
    transport->upkeep->punt_tokens =
        RTE_MIN(burst, transport->upkeep->punt_refilled ? transport->upkeep->punt_tokens + refill : burst);
    transport->upkeep->punt_refilled = worker->now;
    if (transport->upkeep->punt_tokens < 1.0)
        return false;
    transport->upkeep->punt_tokens -= 1.0;
    return true;
}

static bool is_dtls(const struct rte_mbuf *mbuf)
{
    return dtls_classify(packet_data((struct rte_mbuf *)mbuf), mbuf->data_len) != DTLS_KIND_BAD;
}

static int punt(struct worker *worker, const struct transport_entry *transport, struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of(mbuf);
    struct ring_message message;
    message.transport = transport->index;
    message.generation = transport->generation;
    message.kind = 0;
    message.length = mbuf->data_len;
    message.port = packet->port;
    message.value = packet->path;
    message.remote = packet->remote;
    message.local = packet->local;
    memcpy(message.data, packet_data(mbuf), mbuf->data_len);
    enum ring_kind kind = transport->keys ? RING_PUNT_ESTABLISHED : RING_PUNT_HANDSHAKE;
    return ring_push(tables_ring(worker->tables, worker->index, kind), worker->tables->limits.ring_slots, &message);
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    const struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    worker_works_on(worker, packet->transport);
    if (!transport->generation)
        return packet_drop(mbuf, DROP_DTLS_PUNT_UNCHECKED_SOURCE);
    if (mbuf->data_len > RING_DATAGRAM_MAX || !is_dtls(mbuf))
        return packet_drop(mbuf, DROP_DTLS_PUNT_MALFORMED);
    if (!within_budget(worker, transport))
        return packet_drop(mbuf, DROP_DTLS_PUNT_OVER_BUDGET);
    // Anyone who holds the credentials may have named a victim's address in a check: only one that DTLS came from all
    // the time has read the answers.
    transport->upkeep->dtls_roamed |=
        transport->upkeep->dtls_path != ENTRY_NO_PATH && transport->upkeep->dtls_path != packet->path;
    transport->upkeep->dtls_path = packet->path;
    transport->upkeep->paths[packet->path].received_bytes += mbuf->data_len;
    if (punt(worker, transport, mbuf))
        return packet_drop(mbuf, DROP_DTLS_PUNT_RING_FULL);
    worker->events_sent = true;
    counter_add(&tables_transport_state(worker->tables, transport->index)->dtls_received, 1);
    return packet_consume(mbuf, CONSUME_DTLS);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register dtls_punt = {
    .name = "dtls_punt",
    .process = process,
    .nb_edges = 2,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume"},
};
RTE_NODE_REGISTER(dtls_punt);
