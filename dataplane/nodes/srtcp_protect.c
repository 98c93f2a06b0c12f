// SPDX-License-Identifier: Apache-2.0
// SRTCP out: takes the next index of the transport, in the state segment before the packet leaves, and encrypts. A
// batch node for ipsec-mb's sake.
#include "install.h"
#include "packet.h"
#include "path.h"
#include "srtcp.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_OUTPUT = EDGE_FIRST };

static enum drop_reason prepare(struct worker *worker, struct rte_mbuf *mbuf, struct srtcp_packet *job)
{
    struct packet *packet = packet_of(mbuf);
    struct transport_entry *transport = entry_transport(worker->entries, packet->transport);
    struct transport_state *state = tables_transport_state(worker->tables, packet->transport);
    if (!transport->keys || transport->selected == ENTRY_NO_PATH)
        return DROP_UDP_OUTPUT_NO_PATH;
    uint32_t index = atomic_load_explicit(&state->srtcp_index, memory_order_relaxed);
    if (index > SRTCP_INDEX_MAX) // RFC 3711 9.2: 2^31 packets under one key
        return DROP_SRTP_PROTECT_KEYS_USED_UP;
    atomic_store_explicit(&state->srtcp_index, index + 1, memory_order_relaxed);
    packet->path = transport->selected;
    path_address(&transport->upkeep->paths[transport->selected], packet);
    *job = (struct srtcp_packet){.keys = transport_key(worker, transport, KEY_SEND_RTCP),
                                 .data = packet_data(mbuf),
                                 .length = mbuf->data_len,
                                 .capacity = (uint32_t)mbuf->data_len + rte_pktmbuf_tailroom(mbuf),
                                 .index = index};
    return DROP_NONE;
}

static rte_edge_t finish(struct worker *worker, struct rte_mbuf *mbuf, const struct srtcp_packet *job)
{
    if (job->result || !rte_pktmbuf_append(mbuf, (uint16_t)(job->ret_length - mbuf->data_len)))
        return packet_drop(mbuf, DROP_SRTP_PROTECT_FAILED);
    counter_add(&tables_transport_state(worker->tables, packet_of(mbuf)->transport)->rtcp_sent, 1);
    return EDGE_UDP_OUTPUT;
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct srtcp_packet jobs[WORKER_BURST];
    struct rte_mbuf *owners[WORKER_BURST];
    unsigned job_count = 0;
    for (uint16_t i = 0; i < count; i++) {
        enum drop_reason reason = prepare(worker, objs[i], &jobs[job_count]);
        if (reason)
            rte_node_enqueue_x1(graph, node, packet_drop(objs[i], reason), objs[i]);
        else
            owners[job_count++] = objs[i];
    }
    srtcp_protect_burst(worker->engine, jobs, job_count);
    for (unsigned i = 0; i < job_count; i++)
        rte_node_enqueue_x1(graph, node, finish(worker, owners[i], &jobs[i]), owners[i]);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register srtcp_protect = {
    .name = "srtcp_protect",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_UDP_OUTPUT] = "udp_output"},
};
RTE_NODE_REGISTER(srtcp_protect);
