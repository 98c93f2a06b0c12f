// SPDX-License-Identifier: Apache-2.0
// Answers what viewers asked for again, out of the history (RFC 4588): at most 32 packets a walk, within each route's
// budget. What another worker keeps is asked for there, and comes back through spill_rx. What is not sent is counted by
// its outcome. A source node, like fan_out.
#include "packet.h"
#include "packet_index.h"
#include "repair.h"
#include "rtx_packet.h"

#include <rte_graph_worker.h>

enum { EDGE_SRTP_PROTECT = EDGE_FIRST };

#define LOOKS_A_WALK 128u
#define SENDS_A_WALK 32u
#define MS_NS        1000000ULL
#define NOT_YET      NACK_OUTCOMES // another worker decides

// A number that a viewer asked for, and what it stands for.
struct wanted {
    struct route_entry *route;
    uint32_t route_index;
    uint64_t index; // as the viewer knows it
    const struct retransmission_epoch *epoch;
};

static enum nack_outcome look_up(struct worker *worker, const struct nack_request *request, struct wanted *wanted)
{
    struct route_entry *route = entry_route(worker->entries, request->route);
    if (!route || route->generation != request->generation || !route->retransmission || !route->audience ||
        !counter_get(&route->state->packets))
        return NACK_UNKNOWN;
    const struct transport_entry *to = entry_transport(worker->entries, route->transport);
    uint64_t highest = counter_get(&route->state->highest_index);
    wanted->route = route;
    wanted->route_index = request->route;
    wanted->index = srtp_packet_index_guess(highest, request->sequence);
    wanted->epoch = retransmission_find_epoch(route->retransmission, wanted->index);
    if (!to->keys || to->selected == ENTRY_NO_PATH || wanted->index > highest || !wanted->epoch)
        return NACK_UNKNOWN;
    if (srtp_replay_check(&route->taken, wanted->index) == 0) // it came late, and fan_out is about to send it
        return NACK_UNKNOWN;
    return NACK_RESENT;
}

static enum nack_outcome allow(const struct worker *worker, const struct wanted *wanted, uint32_t octets)
{
    const struct route_state *state = wanted->route->state;
    struct retransmission *retransmission = wanted->route->retransmission;
    uint32_t now_ms = (uint32_t)(worker->now / MS_NS), rtt_ms = (state->rtt_us + 999) / 1000;
    if (retransmission_is_too_soon(retransmission, wanted->index, now_ms, rtt_ms))
        return NACK_TOO_SOON;
    retransmission_refill(retransmission, counter_get(&state->octets), state->kbps);
    return retransmission_take(retransmission, wanted->index, octets, now_ms) ? NACK_RESENT : NACK_OVER_BUDGET;
}

// Its size is not known here: what the route's packets have on average is taken from the budget.
static enum nack_outcome ask_owner(struct worker *worker, const struct wanted *wanted)
{
    const struct route_entry *route = wanted->route;
    const struct mirror *mirror = (const struct mirror *)route->audience;
    uint64_t octets = counter_get(&route->state->octets) / counter_get(&route->state->packets);
    enum nack_outcome outcome = allow(worker, wanted, (uint32_t)octets);
    struct spill_message message = {.kind = SPILL_WANTED,
                                    .stream = mirror->stream,
                                    .publisher = mirror->publisher,
                                    .index = wanted->index - wanted->epoch->offset,
                                    .source_ssrc = wanted->epoch->source_ssrc,
                                    .number = wanted->index,
                                    .route = {wanted->route_index, route->generation},
                                    .viewer = route->transport};
    if (outcome != NACK_RESENT)
        return outcome;
    return spill_send(worker, mirror_owner(worker, mirror), &message) ? NOT_YET : NACK_QUEUE_FULL;
}

static enum nack_outcome find_kept(struct worker *worker, const struct wanted *wanted, struct resend *resend)
{
    const struct stream_entry *stream = entry_stream(worker->entries, wanted->route->stream);
    const uint8_t *data = NULL;
    size_t size;
    if (stream->history)
        data = history_find(&worker->history, stream->history, wanted->index - wanted->epoch->offset, &size);
    if (!data)
        return NACK_NOT_KEPT;
    enum nack_outcome outcome = rtx_packet_read(worker, wanted->route_index, wanted->index, data, size, resend);
    return outcome == NACK_RESENT ? allow(worker, wanted, (uint32_t)size) : outcome;
}

static enum nack_outcome answer(struct worker *worker, struct rte_graph *graph, struct rte_node *node,
                                const struct nack_request *request)
{
    struct wanted wanted;
    struct resend resend;
    enum nack_outcome outcome = look_up(worker, request, &wanted);
    if (outcome != NACK_RESENT)
        return outcome;
    if (wanted.route->audience->is_mirror)
        return ask_owner(worker, &wanted);
    outcome = find_kept(worker, &wanted, &resend);
    return outcome == NACK_RESENT ? rtx_packet_send(worker, graph, node, EDGE_SRTP_PROTECT, &resend) : outcome;
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    struct nack_queue *queue = &worker->nacks;
    unsigned sent = 0;
    (void)objs;
    (void)count;
    repair_poll(worker);
    for (unsigned looks = 0; queue->count && looks < LOOKS_A_WALK && sent < SENDS_A_WALK; looks++) {
        enum nack_outcome outcome = answer(worker, graph, node, &queue->requests[queue->head]);
        sent += outcome == NACK_RESENT || outcome == NOT_YET;
        if (outcome != NOT_YET)
            counter_add(&worker->state->nacked[outcome], 1);
        queue->head = (queue->head + 1) % WORKER_NACK_REQUESTS;
        queue->count--;
    }
    worker->walk.worked |= sent > 0;
    return (uint16_t)sent;
}

static struct rte_node_register rtx_send = {
    .name = "rtx_send",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_SRTP_PROTECT] = "srtp_protect"},
};
RTE_NODE_REGISTER(rtx_send);
