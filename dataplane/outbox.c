// SPDX-License-Identifier: Apache-2.0
#include "outbox.h"

#include "worker.h"

#include <errno.h>

struct rte_mbuf *worker_make_packet(struct worker *worker, enum create_kind kind)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(worker->pool);
    if (!mbuf) {
        counter_add(&worker->state->ran_dry[POOL_PACKETS], 1);
        return NULL;
    }
    memset(packet_of(mbuf), 0, sizeof(struct packet));
    packet_of(mbuf)->transport = packet_of(mbuf)->stream = packet_of(mbuf)->route = PACKET_NONE;
    packet_of(mbuf)->received_at = worker->now;
    counter_add(&worker->state->created[kind], 1);
    return mbuf;
}

void worker_send(struct worker *worker, struct worker_outbox *outbox, struct rte_mbuf *mbuf)
{
    if (outbox->count == WORKER_OUTBOX) {
        counter_add(&worker->state->dropped[DROP_OUTBOX_FULL], 1);
        rte_pktmbuf_free(mbuf);
        return;
    }
    outbox->mbufs[outbox->count++] = mbuf;
}

int fan_out_enqueue(struct worker *worker, struct rte_mbuf *mbuf, const struct audience *audience)
{
    struct fan_out_queue *queue = &worker->fan_out;
    // A finished packet needs a place too, until its walk has ended.
    if (queue->count + queue->finished_count >= queue->most)
        return -ENOBUFS;
    queue->jobs[(queue->head + queue->count++) % WORKER_FAN_OUT_JOBS] =
        (struct fan_out_job){.source = mbuf, .audience = audience};
    return 0;
}

void fan_out_close_gap(struct worker *worker, const struct audience *audience, uint32_t place)
{
    struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned i = 0; i < queue->count; i++) {
        struct fan_out_job *job = &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS];
        if (job->audience == audience && job->cursor > place)
            job->cursor--;
    }
}

void fan_out_forget(struct worker *worker, const struct audience *audience)
{
    static const struct audience nobody;
    struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned i = 0; i < queue->count; i++) {
        struct fan_out_job *job = &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS];
        if (job->audience == audience)
            job->audience = &nobody;
    }
}

void *worker_take(struct worker *worker, struct object_pool *pool, enum pool_kind kind)
{
    void *object = object_pool_take(pool);
    if (!object)
        counter_add(&worker->state->ran_dry[kind], 1);
    return object;
}
