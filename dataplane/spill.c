// SPDX-License-Identifier: Apache-2.0
#include "spill.h"

#include "install.h"
#include "repair.h"
#include "rtx.h"

#include <errno.h>
#include <rte_ring_elem.h>
#include <stdio.h>

#define RING_MESSAGES 1024

int spill_create(struct worker *worker, unsigned workers)
{
    for (unsigned from = 0; from < workers; from++) {
        char name[RTE_RING_NAMESIZE];
        if (from == worker->index)
            continue;
        snprintf(name, sizeof(name), "spill-%u-%u", from, worker->index);
        worker->spill.rings[from] = rte_ring_create_elem(name, sizeof(struct spill_message), RING_MESSAGES,
                                                         SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
        if (!worker->spill.rings[from])
            return -ENOMEM;
    }
    return workers > 1 ? mirrors_create(worker->entries->stream_count, &worker->spill.mirrors) : 0;
}

void spill_destroy(struct worker *worker)
{
    for (unsigned from = 0; from < TABLES_MAX_WORKERS; from++)
        rte_ring_free(worker->spill.rings[from]);
    mirrors_destroy(&worker->spill.mirrors);
}

bool spill_send(struct worker *worker, unsigned to, const struct spill_message *message)
{
    struct rte_ring *ring = worker->workers[to]->spill.rings[worker->index];
    // Not even to itself: a shard has just moved here, and its publisher is not installed yet.
    bool is_taken = ring && rte_ring_sp_enqueue_elem(ring, (void *)(uintptr_t)message, sizeof(*message)) == 0;
    worker->spill.to_wake |= 1u << to;
    if (message->mbuf)
        counter_add(is_taken ? &worker->state->consumed[CONSUME_HANDED_OUT] : &worker->state->dropped[DROP_SPILL_FULL],
                    1);
    return is_taken;
}

void spill_wake(struct worker *worker)
{
    for (; worker->spill.to_wake; worker->spill.to_wake &= worker->spill.to_wake - 1) {
        unsigned to = (unsigned)__builtin_ctz(worker->spill.to_wake);
        ring_wake(tables_worker_waker(worker->tables, to), worker->workers[to]->wake_fd);
    }
}

bool spill_is_waiting(const struct worker *worker)
{
    for (unsigned from = 0; from < worker->worker_count; from++)
        if (worker->spill.rings[from] && !rte_ring_empty(worker->spill.rings[from]))
            return true;
    return worker->spill.mirrors.want_keyframes;
}

void spill_look(struct worker *worker, struct stream_entry *stream, uint32_t index)
{
    stream->elsewhere = stream->rtx_elsewhere = 0;
    for (unsigned other = 0; other < worker->worker_count; other++) {
        if (other == worker->index || !worker->spill.mirrors.wants)
            continue;
        uint64_t wants =
            atomic_load_explicit(&worker->workers[other]->spill.mirrors.wants[index], memory_order_acquire);
        if (wants >> MIRROR_WANTS_BITS != stream->generation)
            continue;
        stream->elsewhere |= wants & MIRROR_WANTS_PACKETS ? (uint16_t)(1u << other) : 0;
        stream->rtx_elsewhere |= wants & MIRROR_WANTS_HISTORY ? (uint16_t)(1u << other) : 0;
    }
    rtx_keep_history(worker, stream);
}

static const uint8_t *find_kept(const struct worker *worker, const struct spill_message *question, size_t *ret_size)
{
    const struct stream_entry *stream = install_own_stream(worker, question->publisher, question->stream);
    if (!stream || !stream->history)
        return NULL;
    const uint8_t *data = history_find(&worker->history, stream->history, question->index, ret_size);
    return data && *ret_size >= RTP_HEADER_SIZE && rtp_ssrc(data) == question->source_ssrc ? data : NULL;
}

static enum nack_outcome answer(struct worker *worker, unsigned from, const struct spill_message *question)
{
    struct spill_message message = *question;
    size_t size;
    const uint8_t *data = find_kept(worker, question, &size);
    if (!data)
        return NACK_NOT_KEPT;
    message.kind = SPILL_KEPT;
    message.mbuf = worker_make_packet(worker, CREATE_KEPT);
    if (!message.mbuf)
        return NACK_NO_BUFFER;
    memcpy(rte_pktmbuf_append(message.mbuf, (uint16_t)size), data, size);
    if (spill_send(worker, from, &message))
        return NACK_RESENT; // or not: the receiver's worker counts it
    rte_pktmbuf_free(message.mbuf);
    return NACK_QUEUE_FULL;
}

void spill_answer(struct worker *worker, unsigned from, const struct spill_message *question)
{
    enum nack_outcome outcome = answer(worker, from, question);
    if (outcome != NACK_RESENT)
        counter_add(&worker->state->nacked[outcome], 1);
}

// A reference for each worker that has receivers.
static void hand_out(struct worker *worker, const struct stream_entry *stream, struct rte_mbuf *mbuf)
{
    unsigned count = (unsigned)__builtin_popcount(stream->elsewhere);
    struct spill_message message = {
        .kind = SPILL_PLAINTEXT,
        .mbuf = mbuf,
        .stream = {packet_of(mbuf)->stream, stream->generation},
        .publisher = stream->transport,
    };
    rte_mbuf_refcnt_update(mbuf, (int16_t)count);
    counter_add(&worker->state->created[CREATE_SHARED], count);
    for (uint32_t others = stream->elsewhere; others; others &= others - 1)
        if (!spill_send(worker, (unsigned)__builtin_ctz(others), &message))
            rte_mbuf_refcnt_update(mbuf, -1); // not the last: this worker has its own
}

rte_edge_t spill_hand_on(struct worker *worker, struct stream_entry *stream, struct rte_mbuf *mbuf, bool *ret_queued)
{
    rte_edge_t edge = EDGE_CONSUME;
    repair_keep(worker, stream, mbuf);
    // What is written of the packet is written before another worker can see it.
    if (stream->audience.count == 0)
        edge = packet_consume(mbuf, CONSUME_RTP);
    else if (fan_out_enqueue(worker, mbuf, &stream->audience))
        edge = packet_drop(mbuf, DROP_RTP_ROUTE_JOBS_FULL);
    else
        *ret_queued = true;
    hand_out(worker, stream, mbuf);
    return edge;
}
