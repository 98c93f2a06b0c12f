// SPDX-License-Identifier: Apache-2.0
#include "graph.h"

#include <errno.h>
#include <rte_errno.h>
#include <rte_graph_worker.h>
#include <stdlib.h>

// In the order in which a packet meets them. Sources run first in each walk, the last of them first.
static const char *const node_names[] = {
    "fan_out_resume",  "rtx_send",   "spill_rx",    "port_rx",      "handoff_rx", "carried_rx",  "dtls_inject",
    "timers",          "flow_input", "eth_input",   "arp_input",    "ip4_input",  "ip6_input",   "icmp_input",
    "nd_input",        "udp_input",  "handoff_tx",  "udp_classify", "stun_reply", "dtls_punt",   "srtp_unprotect",
    "srtcp_unprotect", "rtp_route",  "rtx_receive", "fan_out",      "rtcp_input", "rtp_rewrite", "srtp_protect",
    "srtcp_protect",   "udp_output", "carried_tx",  "port_tx",      "drop",       "consume",
};

int graph_create(struct worker *worker)
{
    char name[RTE_GRAPH_NAMESIZE];
    snprintf(name, sizeof(name), "worker-%u", worker->index);
    struct rte_graph_param parameters = {.socket_id = SOCKET_ID_ANY,
                                         .nb_node_patterns = RTE_DIM(node_names),
                                         .node_patterns = (const char **)(uintptr_t)node_names};
    if (rte_graph_create(name, &parameters) == RTE_GRAPH_ID_INVALID)
        return rte_errno ? -rte_errno : -EINVAL;
    worker->graph = rte_graph_lookup(name);
    return worker->graph ? 0 : -ENOENT;
}

void graph_destroy(struct worker *worker)
{
    if (worker->graph)
        rte_graph_destroy(worker->graph->id);
    worker->graph = NULL;
}

void graph_publish(struct worker *worker)
{
    struct node_counters *counters = worker->state->nodes;
    struct rte_node *node;
    rte_graph_off_t offset;
    rte_node_t count;
    rte_graph_foreach_node(count, offset, worker->graph, node)
    {
        if (count >= COUNTERS_MAX_NODES)
            break;
        snprintf(counters[count].name, sizeof(counters[count].name), "%.31s", node->name);
        atomic_store_explicit(&counters[count].calls, node->total_calls, memory_order_relaxed);
        atomic_store_explicit(&counters[count].packets, node->total_objs, memory_order_relaxed);
        atomic_store_explicit(&counters[count].cycles, node->total_cycles, memory_order_relaxed);
    }
}

static void print_edges(FILE *out, const char *name)
{
    rte_node_t id = rte_node_from_name(name);
    rte_edge_t count = rte_node_edge_count(id);
    char **edges = calloc(count ? count : 1, sizeof(*edges));
    if (edges && count && rte_node_edge_get(id, edges) != RTE_EDGE_ID_INVALID)
        for (rte_edge_t i = 0; i < count; i++)
            if (strcmp(edges[i], "drop") != 0 && strcmp(edges[i], "consume") != 0)
                fprintf(out, "  %s -> %s;\n", name, edges[i]);
    free(edges);
}

int graph_print(FILE *out)
{
    fprintf(out, "digraph naru {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for (unsigned i = 0; i < RTE_DIM(node_names); i++) {
        if (rte_node_from_name(node_names[i]) == RTE_NODE_ID_INVALID)
            return -ENOENT;
        fprintf(out, "  %s;\n", node_names[i]);
        print_edges(out, node_names[i]);
    }
    fprintf(out, "}\n");
    return ferror(out) ? -EIO : 0;
}
