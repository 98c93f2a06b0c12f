// SPDX-License-Identifier: Apache-2.0
// The short way for media: RTP and RTCP in a plain UDP frame on a five-tuple that is known goes to SRTP at once. All
// else takes the long way, from eth_input on, where each fault has its name. A batch node: look-ups overlap.
#include "demux.h"
#include "glance.h"
#include "packet.h"
#include "path.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_ETH_INPUT = EDGE_FIRST, EDGE_SRTP_UNPROTECT, EDGE_SRTCP_UNPROTECT, EDGES };

struct look {
    struct glance glance;
    uint32_t home; // of media, in the flow cache
    bool is_media;
};

static void look_at(struct worker *worker, const struct port *port, const struct rte_mbuf *mbuf, struct look *look)
{
    look->is_media =
        glance_at(port, mbuf, &look->glance) && (look->glance.kind == DEMUX_RTP || look->glance.kind == DEMUX_RTCP);
    if (!look->is_media)
        return;
    look->home = flow_cache_home(&worker->flow_cache, &look->glance.tuple);
    flow_cache_prefetch(&worker->flow_cache, look->home);
}

static rte_edge_t hand_on(struct rte_mbuf *mbuf, const struct glance *glance, uint64_t value)
{
    struct packet *packet = packet_of(mbuf);
    packet->transport = FLOW_TRANSPORT(value);
    packet->path = FLOW_PATH(value);
    packet->demux = glance->kind;
    if (glance->kind == DEMUX_RTCP)
        rte_ether_addr_copy(&rte_pktmbuf_mtod(mbuf, const struct rte_ether_hdr *)->src_addr, &packet->remote_mac);
    mbuf->data_off = (uint16_t)(mbuf->data_off + glance->headers);
    mbuf->data_len = glance->size;
    mbuf->pkt_len = glance->size;
    return glance->kind == DEMUX_RTP ? EDGE_SRTP_UNPROTECT : EDGE_SRTCP_UNPROTECT;
}

// Not met lately: the worker's hash knows.
static rte_edge_t decide_unmet(struct worker *worker, struct rte_mbuf *mbuf, const struct glance *glance)
{
    struct packet *packet = packet_of(mbuf);
    void *value;
    if (!glance_addresses(glance, &packet->remote, &packet->local))
        return EDGE_ETH_INPUT;
    struct flow_key key = flow_key_of(packet);
    if (rte_hash_lookup_data(worker->flows, &key, &value) < 0)
        return EDGE_ETH_INPUT;
    flow_cache_add(&worker->flow_cache, &glance->tuple, (uint64_t)(uintptr_t)value);
    return hand_on(mbuf, glance, (uint64_t)(uintptr_t)value);
}

static rte_edge_t decide(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf, const struct look *look)
{
    const struct glance *glance = &look->glance;
    if (!look->is_media || !glance_has_good_checksum(glance, port, mbuf))
        return EDGE_ETH_INPUT;
    const struct flow_slot *slot = flow_cache_find(&worker->flow_cache, &glance->tuple, look->home);
    if (!slot)
        return decide_unmet(worker, mbuf, glance);
    rte_prefetch0(&worker->entries->transports[FLOW_TRANSPORT(slot->value)]);
    return hand_on(mbuf, glance, slot->value);
}

static void process_burst(struct worker *worker, struct rte_graph *graph, struct rte_node *node, void **objs,
                          uint16_t count)
{
    struct look looks[WORKER_BURST];
    void *media[WORKER_BURST];
    uint16_t media_count = 0;
    for (uint16_t i = 0; i < count; i++)
        look_at(worker, ports_get(packet_of(objs[i])->port), objs[i], &looks[i]);
    for (uint16_t i = 0; i < count; i++) {
        rte_edge_t edge = decide(worker, ports_get(packet_of(objs[i])->port), objs[i], &looks[i]);
        if (edge == EDGE_SRTP_UNPROTECT)
            media[media_count++] = objs[i];
        else
            rte_node_enqueue_x1(graph, node, edge, objs[i]);
    }
    if (media_count)
        rte_node_enqueue(graph, node, EDGE_SRTP_UNPROTECT, media, media_count);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    for (uint16_t i = 0; i < count; i = (uint16_t)(i + WORKER_BURST))
        process_burst(worker, graph, node, &objs[i], (uint16_t)RTE_MIN((unsigned)(count - i), WORKER_BURST));
    return count;
}

static struct rte_node_register flow_input = {
    .name = "flow_input",
    .process = process,
    .nb_edges = EDGES,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_ETH_INPUT] = "eth_input",
                   [EDGE_SRTP_UNPROTECT] = "srtp_unprotect",
                   [EDGE_SRTCP_UNPROTECT] = "srtcp_unprotect"},
};
RTE_NODE_REGISTER(flow_input);
