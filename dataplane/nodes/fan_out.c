// SPDX-License-Identifier: Apache-2.0
// Makes one empty packet per receiver of a plaintext, at most 128 a call, round-robin over the queue: a wide room
// neither grows a vector nor starves another. The plaintext is shared and freed when the walk that reads it has ended;
// where there is one receiver alone, its packet becomes that receiver's. What calls it names
// no packets: fan_out_resume for what the walk before left, rtp_route for what it has queued, since who waits for the
// next walk waits for the next burst, too.
#include "packet.h"
#include "prefetch.h"
#include "worker.h"

#include <rte_graph_worker.h>

enum { EDGE_RTP_REWRITE = EDGE_FIRST };

#define EMITS_A_CALL 128u
#define EMITS_A_TURN 32u

// What one call emits, in the order of the jobs.
struct harvest {
    struct rte_mbuf *sources[EMITS_A_CALL];
    uint32_t routes[EMITS_A_CALL];
    struct rte_mbuf *mbufs[EMITS_A_CALL]; // the source itself where it is nobody else's
    unsigned count;
    struct rte_mbuf *fresh[EMITS_A_CALL];
    unsigned fresh_count, fresh_used;
};

// Nobody else reads the plaintext, so that it can be encrypted where it stands.
static bool is_sole(const struct worker *worker, const struct fan_out_job *job)
{
    return job->audience->count == 1 && rte_mbuf_refcnt_read(job->source) == 1 && RTE_MBUF_DIRECT(job->source) &&
           job->source->pool == worker->pool;
}

// How many empty packets this call will need, at most.
static unsigned count_fresh(const struct worker *worker)
{
    const struct fan_out_queue *queue = &worker->fan_out;
    unsigned count = 0;
    for (unsigned i = 0; i < queue->count && i < EMITS_A_CALL && count < EMITS_A_CALL; i++) {
        const struct fan_out_job *job = &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS];
        if (!is_sole(worker, job))
            count += RTE_MIN(job->audience->count - job->cursor, EMITS_A_CALL - count);
    }
    return count;
}

// The routes that this call will serve, and their receivers: each step names what the next one needs.
static void prefetch(const struct worker *worker)
{
    const struct fan_out_queue *queue = &worker->fan_out;
    const struct entries *entries = worker->entries;
    uint32_t routes[EMITS_A_CALL];
    unsigned count = 0;
    for (unsigned i = 0; i < queue->count && count < EMITS_A_CALL; i++) {
        const struct fan_out_job *job = &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS];
        uint32_t end = RTE_MIN(job->audience->count, job->cursor + EMITS_A_TURN);
        for (uint32_t cursor = job->cursor; cursor < end && count < EMITS_A_CALL; cursor++) {
            routes[count] = job->audience->routes[cursor];
            rte_prefetch0(&entries->routes[routes[count++]]);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        const struct route_entry *route = &entries->routes[routes[i]];
        const struct transport_entry *to = &entries->transports[route->transport];
        rte_prefetch0(to);
        rte_prefetch0(&to->frame); // of IPv4 all of it
        rte_prefetch1(route->state);
        rte_prefetch1(&route->taken);
        rte_prefetch1(&route->plan);
    }
}

static bool can_receive(const struct transport_entry *to)
{
    return to->keys && to->selected != ENTRY_NO_PATH;
}

// Adds a turn of receivers of the job, from its cursor on, but for those that are not ready. True: the plaintext itself
// went to one.
static bool take_receivers(const struct worker *worker, struct fan_out_job *job, struct harvest *harvest)
{
    const struct audience *audience = job->audience;
    bool sole = is_sole(worker, job), given = false;
    unsigned fresh = harvest->fresh_count - harvest->fresh_used;
    unsigned most = harvest->count + (sole ? EMITS_A_TURN : RTE_MIN(fresh, EMITS_A_TURN));
    uint16_t payload = packet_of(job->source)->payload_length;
    for (; job->cursor < audience->count && harvest->count < most; job->cursor++) {
        uint32_t index = audience->routes[job->cursor];
        const struct route_entry *route = &worker->entries->routes[index];
        const struct transport_entry *to = &worker->entries->transports[route->transport];
        if (route->paused || !can_receive(to))
            continue;
        prefetch_keys(worker, to, KEY_SEND_RTP, payload);
        harvest->sources[harvest->count] = job->source;
        harvest->mbufs[harvest->count] = sole ? job->source : harvest->fresh[harvest->fresh_used++];
        harvest->routes[harvest->count++] = index;
        given |= sole;
    }
    return given;
}

// One turn of the job at the head; what is left of it goes behind the others. False: there were too few packets for a
// whole turn, and the job waits where it is, or the next packet of the stream would overtake it at some receivers.
static bool take_turn(struct worker *worker, struct harvest *harvest)
{
    struct fan_out_queue *queue = &worker->fan_out;
    struct fan_out_job job = queue->jobs[queue->head];
    unsigned whole = harvest->count + EMITS_A_TURN;
    bool given = take_receivers(worker, &job, harvest);
    if (job.cursor < job.audience->count && harvest->count < whole) {
        queue->jobs[queue->head] = job;
        return false;
    }
    queue->head = (queue->head + 1) % WORKER_FAN_OUT_JOBS;
    queue->count--;
    if (job.cursor < job.audience->count)
        queue->jobs[(queue->head + queue->count++) % WORKER_FAN_OUT_JOBS] = job;
    else if (!given)
        queue->finished[queue->finished_count++] = job.source;
    return true;
}

// As many empty packets as this call needs, or fewer: who waits for all of them while a few are left waits for ever,
// because it holds what others would give back.
static void take_fresh(struct worker *worker, struct harvest *harvest)
{
    unsigned wanted = count_fresh(worker);
    harvest->fresh_count = wanted;
    while (harvest->fresh_count && rte_pktmbuf_alloc_bulk(worker->pool, harvest->fresh, harvest->fresh_count))
        harvest->fresh_count /= 2;
    counter_add(&worker->state->ran_dry[POOL_PACKETS], harvest->fresh_count < wanted);
}

static void emit(struct worker *worker, struct rte_graph *graph, struct rte_node *node, struct harvest *harvest)
{
    for (unsigned i = 0; i < harvest->count; i++) {
        struct packet *packet = packet_of(harvest->mbufs[i]);
        const struct packet *source = packet_of(harvest->sources[i]);
        packet->publisher = source->transport;
        packet->reason = DROP_NONE;
        packet->transport = worker->entries->routes[harvest->routes[i]].transport;
        packet->stream = source->stream;
        packet->route = harvest->routes[i];
        packet->source = harvest->sources[i];
        rte_prefetch0(packet_data(harvest->mbufs[i]) - RTE_CACHE_LINE_SIZE);
    }
    rte_node_enqueue(graph, node, EDGE_RTP_REWRITE, (void **)harvest->mbufs, (uint16_t)harvest->count);
    counter_add(&worker->state->created[CREATE_FAN_OUT], harvest->fresh_used);
}

static uint16_t process(struct rte_graph *graph, struct rte_node *node, void **objs, uint16_t count)
{
    struct worker *worker = worker_self();
    struct harvest harvest;
    (void)objs;
    (void)count;
    if (!worker->fan_out.count)
        return 0;
    harvest.count = harvest.fresh_used = 0;
    take_fresh(worker, &harvest);
    prefetch(worker);
    while (worker->fan_out.count && harvest.count + EMITS_A_TURN <= EMITS_A_CALL && take_turn(worker, &harvest))
        ;
    if (harvest.fresh_used < harvest.fresh_count) // some were not ready
        rte_pktmbuf_free_bulk(&harvest.fresh[harvest.fresh_used], harvest.fresh_count - harvest.fresh_used);
    if (harvest.count)
        emit(worker, graph, node, &harvest);
    worker->walk.worked |= harvest.count > 0;
    return (uint16_t)harvest.count;
}

static struct rte_node_register fan_out = {
    .name = "fan_out",
    .process = process,
    .nb_edges = 3,
    .next_nodes = {[EDGE_DROP] = "drop", [EDGE_CONSUME] = "consume", [EDGE_RTP_REWRITE] = "rtp_rewrite"},
};
RTE_NODE_REGISTER(fan_out);
