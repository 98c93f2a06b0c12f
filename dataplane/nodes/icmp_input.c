// SPDX-License-Identifier: Apache-2.0
// ICMP (RFC 792): answers echo requests in place.
#include "burst.h"
#include "frame.h"

#include <rte_icmp.h>
#include <rte_ip.h>

enum { EDGE_PORT_TX = EDGE_FIRST };

static rte_edge_t decide(struct worker *worker, struct rte_mbuf *mbuf)
{
    struct rte_icmp_hdr *icmp = rte_pktmbuf_mtod(mbuf, struct rte_icmp_hdr *);
    (void)worker;
    if (mbuf->data_len < sizeof(*icmp) || rte_raw_cksum(icmp, mbuf->data_len) != 0xffff)
        return packet_drop(mbuf, DROP_ICMP_INPUT_MALFORMED);
    if (icmp->icmp_type != RTE_IP_ICMP_ECHO_REQUEST || icmp->icmp_code != 0)
        return packet_drop(mbuf, DROP_ICMP_INPUT_UNHANDLED);
    icmp->icmp_type = RTE_IP_ICMP_ECHO_REPLY;
    icmp->icmp_cksum = 0;
    icmp->icmp_cksum = (uint16_t)~rte_raw_cksum(icmp, mbuf->data_len);
    return frame_prepend_ip(mbuf, IPPROTO_ICMP, FRAME_HOP_LIMIT) ? packet_drop(mbuf, DROP_ICMP_INPUT_MALFORMED)
                                                                 : EDGE_PORT_TX;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    return burst_forward(graph, node, objs, count, decide);
}

static struct rte_node_register icmp_input = {
    .name = "icmp_input",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_PORT_TX] = "port_tx"},
};
RTE_NODE_REGISTER(icmp_input);
