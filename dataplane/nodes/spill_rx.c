// SPDX-License-Identifier: Apache-2.0
// What workers of the same room hand over: plaintexts for receivers here, packets that were kept for one of them, and
// the questions of receivers elsewhere. A plaintext is shared: it is read here and never written, and so is freed
// without the nodes that would.
#include "install.h"
#include "packet.h"
#include "rtx_packet.h"
#include "tick.h"
#include "worker.h"

#include <rte_graph_worker.h>
#include <rte_ring_elem.h>

enum { EDGE_SRTP_PROTECT = EDGE_FIRST };

static void free_shared(struct rte_mbuf *mbuf, _Atomic uint64_t *counter)
{
    counter_add(counter, 1);
    rte_pktmbuf_free(mbuf);
}

static void take_plaintext(struct worker *worker, const struct spill_message *message)
{
    const struct mirror *mirror = mirror_find(&worker->spill.mirrors, message->stream);
    if (!mirror && install_own_stream(worker, message->publisher, message->stream)) // it has moved here meanwhile
        free_shared(message->mbuf, &worker->state->dropped[DROP_HANDOVER_LATE]);
    else if (!mirror) // the last receiver has just left
        free_shared(message->mbuf, &worker->state->consumed[CONSUME_RTP]);
    else if (fan_out_enqueue(worker, message->mbuf, &mirror->audience))
        free_shared(message->mbuf, &worker->state->dropped[DROP_RTP_ROUTE_JOBS_FULL]);
}

static enum nack_outcome resend(struct worker *worker, struct rte_graph *graph, struct rte_node *node,
                                const struct spill_message *message)
{
    const struct route_entry *route = install_own_route(worker, message->viewer, message->route);
    const struct transport_entry *to = entry_transport(worker->entries, message->viewer);
    struct resend resend;
    if (!route || !route->retransmission || !to->keys || to->selected == ENTRY_NO_PATH)
        return NACK_UNKNOWN; // it left meanwhile
    enum nack_outcome outcome = rtx_packet_read(worker, message->route.index, message->number,
                                                packet_data(message->mbuf), message->mbuf->data_len, &resend);
    return outcome == NACK_RESENT ? rtx_packet_send(worker, graph, node, EDGE_SRTP_PROTECT, &resend) : outcome;
}

static void take(struct worker *worker, struct rte_graph *graph, struct rte_node *node, unsigned from,
                 const struct spill_message *message)
{
    struct stream_entry *stream;
    counter_add(&worker->state->created[CREATE_HANDED_IN], message->mbuf != NULL);
    switch (message->kind) {
    case SPILL_PLAINTEXT:
        take_plaintext(worker, message);
        break;
    case SPILL_KEYFRAME:
        stream = install_own_stream(worker, message->publisher, message->stream);
        if (stream)
            tick_request_keyframe(worker, stream, message->stream.index);
        break;
    case SPILL_WANTED:
        spill_answer(worker, from, message);
        break;
    case SPILL_KEPT:
        counter_add(&worker->state->nacked[resend(worker, graph, node, message)], 1);
        free_shared(message->mbuf, &worker->state->consumed[CONSUME_RTP]);
        break;
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    struct spill_message messages[WORKER_BURST];
    (void)objs;
    count = 0;
    for (unsigned from = 0; from < worker->worker_count; from++) {
        struct rte_ring *ring = worker->spill.rings[from];
        unsigned taken =
            ring ? rte_ring_sc_dequeue_burst_elem(ring, messages, sizeof(messages[0]), WORKER_BURST, NULL) : 0;
        for (unsigned i = 0; i < taken; i++)
            take(worker, graph, node, from, &messages[i]);
        count = (uint16_t)(count + taken);
    }
    if (worker->spill.mirrors.want_keyframes)
        mirrors_ask_keyframes(worker);
    worker->walk.worked |= count > 0;
    return count;
}

static struct rte_node_register spill_rx = {
    .name = "spill_rx",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_SRTP_PROTECT] = "srtp_protect"},
};
RTE_NODE_REGISTER(spill_rx);
