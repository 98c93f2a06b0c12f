// SPDX-License-Identifier: Apache-2.0
// Whose datagram is it, and what? The five-tuple is looked up once, for the whole burst. Known sources come first;
// unknown ones share a fixed part of the worker's cycles and may say STUN only (hazard F01: nothing before proof). A
// batch node for the sake of the bulk look-up.
#include "demux.h"
#include "packet.h"
#include "path.h"
#include "stray.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_STUN_REPLY = EDGE_FIRST, EDGE_DTLS_PUNT, EDGE_SRTP_UNPROTECT, EDGE_SRTCP_UNPROTECT };

#define UNKNOWN_SHARE 10 // of a hundred cycles
#define UNKNOWN_SAVED 20 // ms of unused share that may be saved up

static void refill_unknown(struct worker *worker)
{
    int64_t most = (int64_t)(rte_get_tsc_hz() / 1000 * UNKNOWN_SAVED * UNKNOWN_SHARE / 100);
    worker->unknown_credit += (int64_t)((worker->now_cycles - worker->unknown_refilled) * UNKNOWN_SHARE / 100);
    worker->unknown_credit = RTE_MIN(worker->unknown_credit, most);
    worker->unknown_refilled = worker->now_cycles;
}

static rte_edge_t classify_known(struct rte_mbuf *mbuf, void *value)
{
    struct packet *packet = packet_of(mbuf);
    packet->transport = FLOW_TRANSPORT(value);
    packet->path = FLOW_PATH(value);
    switch (packet->demux) {
    case DEMUX_STUN:
        return EDGE_STUN_REPLY;
    case DEMUX_DTLS:
        return EDGE_DTLS_PUNT;
    case DEMUX_RTP:
        return EDGE_SRTP_UNPROTECT;
    case DEMUX_RTCP:
        return EDGE_SRTCP_UNPROTECT;
    default:
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL);
    }
}

static rte_edge_t classify_unknown(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    packet->unknown = 1;
    stray_note(worker, packet->port);
    if (packet->demux == DEMUX_DTLS)
        return packet_drop(mbuf, DROP_DTLS_PUNT_UNCHECKED_SOURCE);
    if (packet->demux == DEMUX_RTP || packet->demux == DEMUX_RTCP)
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE);
    if (packet->demux != DEMUX_STUN)
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL);
    if (worker->unknown_credit < STRAY_STUN_COST)
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_UNKNOWN_OVER_BUDGET);
    worker->unknown_credit -= STRAY_STUN_COST;
    return EDGE_STUN_REPLY;
}

// Known five-tuples are handed on before the unknown of the same burst.
static void classify(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct flow_key keys[WORKER_BURST];
    const void *key_pointers[WORKER_BURST];
    void *values[WORKER_BURST];
    uint64_t hits = 0;
    for (uint16_t i = 0; i < count; i++) {
        keys[i] = flow_key_of(packet_of(objs[i]));
        key_pointers[i] = &keys[i];
        packet_of(objs[i])->demux =
            (uint8_t)demux_classify(packet_data(objs[i]), ((struct rte_mbuf *)objs[i])->data_len);
    }
    rte_hash_lookup_bulk_data(worker->flows, key_pointers, count, &hits, values);
    for (uint16_t i = 0; i < count; i++)
        if (hits >> i & 1)
            rte_prefetch0(&worker->entries->transports[FLOW_TRANSPORT(values[i])]);
    for (uint16_t i = 0; i < count; i++)
        if (hits >> i & 1)
            rte_node_enqueue_x1(graph, node, classify_known(objs[i], values[i]), objs[i]);
    for (uint16_t i = 0; i < count; i++)
        if (!(hits >> i & 1))
            rte_node_enqueue_x1(graph, node, classify_unknown(worker, objs[i]), objs[i]);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    refill_unknown(worker);
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        classify(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register udp_classify = {
    .name = "udp_classify",
    .process = process,
    .nb_edges = 6,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_STUN_REPLY] = "stun_reply",
                   [EDGE_DTLS_PUNT] = "dtls_punt",
                   [EDGE_SRTP_UNPROTECT] = "srtp_unprotect",
                   [EDGE_SRTCP_UNPROTECT] = "srtcp_unprotect"},
};
RTE_NODE_REGISTER(udp_classify);
