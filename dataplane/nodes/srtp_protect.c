// SPDX-License-Identifier: Apache-2.0
// Encrypts each receiver's packet straight out of the shared plaintext: no copy first. A batch node: ipsec-mb works on
// all packets and keys at once.
#include "install.h"
#include "packet.h"
#include "protect.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_UDP_OUTPUT = EDGE_FIRST };

static void fill_job(struct worker *worker, struct rte_mbuf *mbuf, struct srtp_packet *job)
{
    const struct packet *packet = packet_of(mbuf);
    const struct transport_entry *to = &worker->entries->transports[packet->transport];
    job->keys = transport_key(worker, to, KEY_SEND_RTP);
    job->src = packet_data(packet->source) + packet_of(packet->source)->rtp.payload_offset;
    job->dst = packet_data(mbuf);
    job->index = packet->index;
    job->length = (uint32_t)packet->rtp.payload_offset + packet->payload_length;
    job->header_length = packet->rtp.payload_offset;
    job->capacity = rte_pktmbuf_tailroom(mbuf);
    job->ssrc = packet->rtp.ssrc;
}

static void finish(struct worker *worker, struct rte_mbuf *mbuf, const struct srtp_packet *job)
{
    mbuf->data_len = (uint16_t)job->ret_length;
    mbuf->pkt_len = job->ret_length;
    counter_add(&worker->entries->routes[packet_of(mbuf)->route].state->bytes, job->ret_length);
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct srtp_packet jobs[WORKER_BURST];
    void *protected[WORKER_BURST];
    uint16_t protected_count = 0;
    for (uint16_t i = 0; i < count; i++)
        fill_job(worker, objs[i], &jobs[i]);
    srtp_protect_burst(worker->engine, jobs, count);
    for (uint16_t i = 0; i < count; i++) {
        if (jobs[i].result) {
            rte_node_enqueue_x1(graph, node, packet_drop(objs[i], DROP_SRTP_PROTECT_FAILED), objs[i]);
            continue;
        }
        finish(worker, objs[i], &jobs[i]);
        protected[protected_count++] = objs[i];
    }
    if (protected_count)
        rte_node_enqueue(graph, node, EDGE_UDP_OUTPUT, protected, protected_count);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register srtp_protect = {
    .name = "srtp_protect",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_UDP_OUTPUT] = "udp_output"},
};
RTE_NODE_REGISTER(srtp_protect);
