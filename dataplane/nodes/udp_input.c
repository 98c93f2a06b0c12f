// SPDX-License-Identifier: Apache-2.0
// UDP (RFC 768): lengths, checksum, and which worker owns the port's shard.
#include "burst.h"
#include "frame.h"
#include "received_sums.h"
#include "stray.h"

#include <rte_udp.h>

enum { EDGE_UDP_CLASSIFY = EDGE_FIRST, EDGE_HANDOFF_TX };

static bool has_good_checksum(const struct rte_mbuf *mbuf, const struct packet *packet, const struct rte_udp_hdr *udp,
                              uint16_t length)
{
    enum sum_verdict verdict = received_udp_verdict(mbuf, ports_get(packet->port));
    if (verdict != SUM_NOT_CHECKED)
        return verdict == SUM_GOOD;
    if (udp->dgram_cksum == 0) // RFC 8200 8.1: not over IPv6
        return transport_address_is_ipv4(&packet->remote);
    return frame_checksum(&packet->remote, &packet->local, IPPROTO_UDP, (const uint8_t *)udp, length) == 0;
}

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct packet *packet = packet_of(mbuf);
    const struct tables_limits *limits = &worker->tables->limits;
    const struct rte_udp_hdr *udp = rte_pktmbuf_mtod(mbuf, const struct rte_udp_hdr *);
    uint16_t length = mbuf->data_len >= sizeof(*udp) ? rte_be_to_cpu_16(udp->dgram_len) : 0;
    if (length <= sizeof(*udp) || length > mbuf->data_len)
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_MALFORMED);
    if (!has_good_checksum(mbuf, packet, udp, length)) {
        stray_note(worker, packet->port);
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_BAD_CHECKSUM);
    }
    packet->remote.port = rte_be_to_cpu_16(udp->src_port);
    packet->local.port = rte_be_to_cpu_16(udp->dst_port);
    uint32_t shard = shard_of_port(limits, packet->local.port);
    if (shard == limits->shards || packet->remote.port == 0) {
        stray_note(worker, packet->port);
        return packet_drop(mbuf, DROP_UDP_CLASSIFY_NO_SHARD);
    }
    rte_pktmbuf_trim(mbuf, (uint16_t)(mbuf->data_len - length));
    rte_pktmbuf_adj(mbuf, sizeof(*udp));
    packet->worker = worker->shard_worker[shard];
    // While the shard is on its way here, its packets wait in the ring for what is handed in.
    return worker->shards.phase[shard] == SHARD_OWNED ? EDGE_UDP_CLASSIFY : EDGE_HANDOFF_TX;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register udp_input = {
    .name = "udp_input",
    .process = process,
    .nb_edges = 4,
    .next_nodes = {[EDGE_DROP] = "drop",
                   [EDGE_CONSUME] = "consume",
                   [EDGE_UDP_CLASSIFY] = "udp_classify",
                   [EDGE_HANDOFF_TX] = "handoff_tx"},
};
RTE_NODE_REGISTER(udp_input);
