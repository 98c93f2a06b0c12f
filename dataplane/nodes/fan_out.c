// SPDX-License-Identifier: Apache-2.0
// Makes one empty packet per receiver of a plaintext, at most 128 a walk, round-robin over the queue: a wide room
// neither grows a vector nor starves another. The plaintext is shared and freed when the walk that reads it has ended.
#include "packet.h"
#include "prefetch.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_RTP_REWRITE = EDGE_FIRST };

#define EMITS_A_WALK 128u
#define EMITS_A_TURN 32u

static void free_finished(struct worker *worker)
{
    struct fan_out_queue *queue = &worker->fan_out;
    if (!queue->finished_count)
        return;
    rte_pktmbuf_free_bulk(queue->finished, queue->finished_count);
    counter_add(&worker->state->consumed[CONSUME_RTP], queue->finished_count);
    queue->finished_count = 0;
}

static bool can_receive(const struct worker *worker, const struct route_entry *route)
{
    const struct transport_entry *to = entry_transport(worker->entries, route->transport);
    return !route->paused && to->keys && to->selected != ENTRY_NO_PATH;
}

// Up to `max` receivers from the job's cursor on; returns how many, and advances the cursor past those that are not
// ready.
static unsigned next_receivers(const struct worker *worker, const struct stream_entry *stream, struct fan_out_job *job,
                               uint32_t *ret_routes, unsigned max)
{
    unsigned count = 0;
    for (; job->cursor < stream->route_count && count < max; job->cursor++) {
        uint32_t index = stream->routes[job->cursor];
        if (can_receive(worker, &worker->entries->routes[index]))
            ret_routes[count++] = index;
    }
    return count;
}

static void start_copy(const struct worker *worker, struct rte_mbuf *mbuf, struct rte_mbuf *source, uint32_t index)
{
    struct packet *packet = packet_of(mbuf);
    packet->route = index;
    packet->source = source;
    packet->stream = packet_of(source)->stream;
    packet->transport = worker->entries->routes[index].transport;
    packet->received_at = packet_of(source)->received_at;
    packet->reason = DROP_NONE;
}

// One turn of the job at the head. True: the pool is dry, try again at the next walk.
static bool take_turn(struct worker *worker, struct rte_graph *graph, struct rte_node *node, unsigned *emitted)
{
    struct fan_out_queue *queue = &worker->fan_out;
    struct fan_out_job job = queue->jobs[queue->head];
    const struct stream_entry *stream = entry_stream(worker->entries, packet_of(job.source)->stream);
    uint32_t routes[EMITS_A_TURN];
    struct rte_mbuf *mbufs[EMITS_A_TURN];
    bool is_live = stream->generation == job.stream_generation;
    unsigned count = is_live ? next_receivers(worker, stream, &job, routes, EMITS_A_TURN) : 0;
    if (count && rte_pktmbuf_alloc_bulk(worker->pool, mbufs, count))
        return true;
    for (unsigned i = 0; i < count; i++)
        start_copy(worker, mbufs[i], job.source, routes[i]);
    if (count)
        rte_node_enqueue(graph, node, EDGE_RTP_REWRITE, (void **)mbufs, (uint16_t)count);
    counter_add(&worker->state->created[CREATE_FAN_OUT], count);
    *emitted += count;
    queue->head = (queue->head + 1) % WORKER_FAN_OUT_JOBS;
    queue->count--;
    if (is_live && job.cursor < stream->route_count)
        queue->jobs[(queue->head + queue->count++) % WORKER_FAN_OUT_JOBS] = job;
    else
        queue->finished[queue->finished_count++] = job.source;
    return false;
}

// The routes that this walk will serve; what they need comes in three steps, for each names the next.
static unsigned collect_routes(const struct worker *worker, uint32_t *ret_routes, uint32_t *ret_payloads)
{
    const struct fan_out_queue *queue = &worker->fan_out;
    unsigned count = 0;
    for (unsigned i = 0; i < queue->count && count < EMITS_A_WALK; i++) {
        const struct fan_out_job *job = &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS];
        const struct packet *source = packet_of(job->source);
        const struct stream_entry *stream = entry_stream(worker->entries, source->stream);
        uint32_t end = RTE_MIN(stream->route_count, job->cursor + EMITS_A_TURN);
        for (uint32_t cursor = job->cursor; cursor < end && count < EMITS_A_WALK; cursor++) {
            ret_payloads[count] = source->payload_length;
            ret_routes[count++] = stream->routes[cursor];
        }
    }
    return count;
}

static void prefetch(const struct worker *worker)
{
    uint32_t routes[EMITS_A_WALK], payloads[EMITS_A_WALK];
    unsigned count = collect_routes(worker, routes, payloads);
    for (unsigned i = 0; i < count; i++) {
        prefetch_lines(&worker->entries->routes[routes[i]], offsetof(struct route_entry, extension_map));
        prefetch_lines(tables_route_state(worker->tables, routes[i]), RTE_CACHE_LINE_SIZE);
    }
    for (unsigned i = 0; i < count; i++)
        rte_prefetch1(&worker->entries->transports[worker->entries->routes[routes[i]].transport]);
    for (unsigned i = 0; i < count; i++) {
        const struct transport_entry *to = &worker->entries->transports[worker->entries->routes[routes[i]].transport];
        if (!to->keys || to->selected == ENTRY_NO_PATH)
            continue;
        prefetch_keys(worker, to, KEY_SEND_RTP, payloads[i]);
        prefetch_lines(&to->paths[to->selected], sizeof(to->paths[0]));
        rte_prefetch1(&tables_transport_state(worker->tables, to->index)->packets_sent);
    }
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    unsigned emitted = 0;
    (void)objs;
    (void)count;
    free_finished(worker);
    if (worker->fan_out.count)
        prefetch(worker);
    // Whole turns only: after a short one the next packet of the stream would overtake this one at some receivers.
    while (worker->fan_out.count && emitted + EMITS_A_TURN <= EMITS_A_WALK)
        if (take_turn(worker, graph, node, &emitted))
            break;
    worker->worked |= emitted > 0;
    return (uint16_t)emitted;
}

static struct rte_node_register fan_out = {
    .name = "fan_out",
    .flags = RTE_NODE_SOURCE_F,
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_RTP_REWRITE] = "rtp_rewrite"},
};
RTE_NODE_REGISTER(fan_out);
