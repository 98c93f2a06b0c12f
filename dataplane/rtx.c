// SPDX-License-Identifier: Apache-2.0
#include "rtx.h"

#include "packet_index.h"
#include "worker_random.h"

#define RESTART_MARGIN 64     // indexes skipped after a restart (index safety)
#define START_RANGE    0x7fff // RFC 3711 3.3.1: a first sequence number below 2^15

static bool takes_rtx(const struct route_entry *route)
{
    for (unsigned i = 0; i < route->payload_count; i++)
        if (route->rtx_payload_types[i])
            return route->rtx_ssrc;
    return false;
}

void rtx_enable(struct worker *worker, struct route_entry *route)
{
    if (!takes_rtx(route) || route->retransmission || !worker->history.memory)
        return;
    route->retransmission = worker_take(worker, &worker->pools.retransmissions, POOL_REPAIR);
    if (route->audience && route->retransmission) // without memory key frames repair
        route->audience->rtx_count++;
}

void rtx_keep_history(struct worker *worker, struct stream_entry *stream)
{
    bool is_wanted = stream->audience.rtx_count || stream->rtx_elsewhere;
    if (is_wanted && !stream->history)
        stream->history = worker_take(worker, &worker->pools.histories, POOL_REPAIR);
    if (is_wanted || !stream->history)
        return;
    object_pool_give(&worker->pools.histories, stream->history);
    stream->history = NULL;
}

void rtx_begin_epoch(struct route_entry *route, const struct route_state *state, uint64_t number)
{
    uint64_t offset = counter_get(&state->index_offset);
    if (route->retransmission)
        retransmission_begin_epoch(route->retransmission,
                                   &(struct retransmission_epoch){.first = number + offset,
                                                                  .offset = offset,
                                                                  .source_ssrc = state->source_ssrc,
                                                                  .timestamp_offset = state->timestamp_offset});
}

void rtx_request(struct worker *worker, uint32_t route, uint16_t sequence)
{
    struct nack_queue *queue = &worker->nacks;
    if (queue->count == WORKER_NACK_REQUESTS) {
        counter_add(&worker->state->nacked[NACK_QUEUE_FULL], 1);
        return;
    }
    queue->requests[(queue->head + queue->count++) % WORKER_NACK_REQUESTS] = (struct nack_request){
        .route = route, .generation = worker->entries->routes[route].generation, .sequence = sequence};
}

bool rtx_take_index(struct worker *worker, struct route_entry *route, struct route_state *state, uint64_t *ret_index)
{
    uint64_t next = counter_get(&state->rtx_next_index);
    if (!route->retransmission->started)
        next = next ? next + RESTART_MARGIN : 1 + (worker_random(worker) & START_RANGE);
    if (next > SRTP_INDEX_MAX)
        return false;
    route->retransmission->started = true;
    atomic_store_explicit(&state->rtx_next_index, next + 1, memory_order_relaxed);
    *ret_index = next;
    return true;
}
