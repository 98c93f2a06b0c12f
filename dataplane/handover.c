// SPDX-License-Identifier: Apache-2.0
#include "handover.h"

#include "handover_rooms.h"
#include "install.h"
#include "path.h"
#include "tick.h"

#define WORK_OFF_NS 5000000ULL // what a worker may take to work off what it has; then it drops the rest

// The next installed transport of the shard from index on, PACKET_NONE: none.
static uint32_t next_of(const struct worker *worker, uint32_t shard, uint32_t index)
{
    for (; index < worker->entries->transport_count; index++) {
        uint64_t bits = worker->installed[index / 64] >> index % 64;
        if (!bits)
            index |= 63;
        else if (bits & 1 && worker->entries->transports[index].upkeep->shard == shard)
            return index;
    }
    return PACKET_NONE;
}

static bool is_of(const struct worker *worker, uint32_t shard, uint32_t transport)
{
    return install_is_own(worker, transport) && worker->entries->transports[transport].upkeep->shard == shard;
}

static void read_table(struct worker *worker)
{
    struct entries *entries = worker->entries;
    for (uint32_t shard = 0; shard < worker->tables->limits.shards; shard++) {
        struct shard_intent intent = {0};
        if (!record_read(&tables_shard(worker->tables, shard)->head, &intent, sizeof(intent)) ||
            intent.worker >= worker->worker_count)
            intent.worker = shard % worker->worker_count;
        entries->shards[shard] = intent;
        atomic_store_explicit(&entries->handovers[shard].owner, intent.worker + 1, memory_order_relaxed);
    }
    entries->has_shards = true;
}

// For naru-control, that a move has ended.
static void say_owned(struct worker *worker, uint32_t shard, bool is_owned)
{
    _Atomic uint64_t *word = &worker->state->shards[shard / 64];
    uint64_t bit = 1ULL << shard % 64, others = atomic_load_explicit(word, memory_order_relaxed) & ~bit;
    atomic_store_explicit(word, is_owned ? others | bit : others, memory_order_release);
}

void handover_begin(struct worker *worker)
{
    if (!worker->entries->has_shards)
        read_table(worker);
    for (uint32_t shard = 0; shard < worker->tables->limits.shards; shard++) {
        const struct shard_intent *intent = &worker->entries->shards[shard];
        worker->shard_worker[shard] = (uint8_t)intent->worker;
        worker->shards.moves[shard] = intent->moves;
        worker->shards.phase[shard] = intent->worker == worker->index ? SHARD_OWNED : SHARD_ELSEWHERE;
        say_owned(worker, shard, worker->shards.phase[shard] == SHARD_OWNED);
    }
    worker->shards.leaving = worker->shards.arriving = 0;
}

static void begin_leaving(struct worker *worker, uint32_t shard)
{
    for (uint32_t i = next_of(worker, shard, 0); i != PACKET_NONE; i = next_of(worker, shard, i + 1)) {
        struct transport_entry *transport = &worker->entries->transports[i];
        path_withdraw(worker, transport); // from now on its packets take the long way, to the new owner
        rte_hash_del_key(worker->ufrags, transport->upkeep->local_ufrag);
        wheel_disarm(&worker->wheel, i);
    }
    worker->shards.phase[shard] = SHARD_LEAVING;
    worker->entries->handovers[shard].at = worker->now;
    worker->shards.leaving++;
}

void handover_follow(struct worker *worker, uint32_t shard)
{
    struct shard_intent intent;
    struct shard_intent_record *record = tables_shard(worker->tables, shard);
    if (!record || !record_read(&record->head, &intent, sizeof(intent)) || intent.worker >= worker->worker_count)
        return;
    worker->shard_worker[shard] = (uint8_t)intent.worker;
    worker->shards.moves[shard] = intent.moves;
    bool is_here = intent.worker == worker->index;
    if (worker->shards.phase[shard] == SHARD_OWNED && !is_here) {
        begin_leaving(worker, shard);
    } else if (worker->shards.phase[shard] == SHARD_ELSEWHERE && is_here) {
        worker->shards.phase[shard] = SHARD_ARRIVING;
        worker->shards.arriving++;
    } else if (worker->shards.phase[shard] == SHARD_ARRIVING && !is_here) {
        worker->shards.phase[shard] = SHARD_ELSEWHERE; // it was sent on before it arrived
        worker->shards.arriving--;
    }
}

static bool has_packets(const struct worker *worker, const struct worker_outbox *outbox, uint32_t shard)
{
    for (unsigned i = 0; i < outbox->count; i++)
        if (is_of(worker, shard, packet_of(outbox->mbufs[i])->transport))
            return true;
    return false;
}

// Whether it goes to the receivers that a stream of the shard has here. Those of other workers' streams do not wait:
// for them what is under way ends when their receivers leave.
static bool job_is_of(const struct worker *worker, const struct fan_out_job *job, uint32_t shard)
{
    const struct stream_entry *stream = rooms_stream_of(worker, job->audience);
    return stream && is_of(worker, shard, stream->transport);
}

static bool is_busy(const struct worker *worker, uint32_t shard)
{
    const struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned i = 0; i < queue->count; i++)
        if (job_is_of(worker, &queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS], shard))
            return true;
    return has_packets(worker, &worker->rtcp_outbox, shard) || has_packets(worker, &worker->udp_outbox, shard);
}

static void drop_jobs(struct worker *worker, uint32_t shard)
{
    struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned left = queue->count; left; left--) {
        struct fan_out_job job = queue->jobs[queue->head];
        queue->head = (queue->head + 1) % WORKER_FAN_OUT_JOBS;
        queue->count--;
        if (!job_is_of(worker, &job, shard)) {
            queue->jobs[(queue->head + queue->count++) % WORKER_FAN_OUT_JOBS] = job;
            continue;
        }
        rte_pktmbuf_free(job.source);
        counter_add(&worker->state->dropped[DROP_HANDOVER_LATE], 1);
    }
}

static void drop_from_outbox(struct worker *worker, struct worker_outbox *outbox, uint32_t shard)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < outbox->count; i++) {
        struct rte_mbuf *mbuf = outbox->mbufs[i];
        if (!is_of(worker, shard, packet_of(mbuf)->transport)) {
            outbox->mbufs[kept++] = mbuf;
            continue;
        }
        rte_pktmbuf_free(mbuf);
        counter_add(&worker->state->dropped[DROP_HANDOVER_LATE], 1);
    }
    outbox->count = kept;
}

// Questions about the shard's packets: viewers and this gateway repeat them.
static void forget_questions(struct worker *worker, uint32_t shard)
{
    struct nack_queue *nacks = &worker->nacks;
    for (unsigned left = nacks->count; left; left--) {
        struct nack_request request = nacks->requests[nacks->head];
        nacks->head = (nacks->head + 1) % WORKER_NACK_REQUESTS;
        nacks->count--;
        if (is_of(worker, shard, worker->entries->routes[request.route].transport))
            counter_add(&worker->state->nacked[NACK_UNKNOWN], 1);
        else
            nacks->requests[(nacks->head + nacks->count++) % WORKER_NACK_REQUESTS] = request;
    }
    struct repair_queue *repairs = &worker->repairs;
    const uint32_t capacity = worker->entries->stream_count;
    for (uint32_t left = repairs->count; left; left--) {
        uint32_t stream = repairs->streams[repairs->head];
        repairs->head = (repairs->head + 1) % capacity;
        repairs->count--;
        if (!is_of(worker, shard, worker->entries->streams[stream].transport))
            repairs->streams[(repairs->head + repairs->count++) % capacity] = stream;
    }
}

// What stands in this worker's history, the next one has not.
static void forget_history(struct worker *worker, const struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_entry *stream = entry_stream(worker->entries, transport->upkeep->streams[i]);
        stream->repair_queued = false;
        if (stream->history)
            memset(stream->history, 0, sizeof(*stream->history));
    }
}

static void release(struct worker *worker, uint32_t shard)
{
    struct shard_handover *handover = &worker->entries->handovers[shard];
    uint32_t target = worker->shard_worker[shard];
    drop_jobs(worker, shard);
    drop_from_outbox(worker, &worker->rtcp_outbox, shard);
    drop_from_outbox(worker, &worker->udp_outbox, shard);
    forget_questions(worker, shard);
    handover->first = PACKET_NONE;
    for (uint32_t i = next_of(worker, shard, 0); i != PACKET_NONE; i = next_of(worker, shard, i + 1)) {
        struct transport_entry *transport = &worker->entries->transports[i];
        rates_sum(worker, transport);
        forget_history(worker, transport);
        rooms_part(worker, transport);
        transport->upkeep->next_of_shard = handover->first;
        handover->first = i;
        worker->installed[i / 64] &= ~(1ULL << i % 64);
        worker->state->transports--;
        atomic_store_explicit(&worker->entries->transport_claims[i], CLAIM_ON_ITS_WAY, memory_order_relaxed);
    }
    handover->at = worker->now;
    handover->from = worker->index;
    handover->is_partial = worker->takeover != 2 * worker->tables->limits.transports;
    worker->shards.leaving--;
    worker->shards.phase[shard] = target == worker->index ? SHARD_ARRIVING : SHARD_ELSEWHERE;
    worker->shards.arriving += target == worker->index;
    say_owned(worker, shard, false);
    claim_give(&handover->owner); // everything above is the next owner's from here on
    ring_wake(tables_worker_waker(worker->tables, target), worker->workers[target]->wake_fd);
}

static void adopt(struct worker *worker, uint32_t index)
{
    struct transport_entry *transport = &worker->entries->transports[index];
    atomic_store_explicit(&worker->entries->transport_claims[index], worker->index + 1, memory_order_relaxed);
    worker->installed[index / 64] |= 1ULL << index % 64;
    worker->state->transports++;
    path_adopt(worker, transport);
    if (rte_hash_add_key_data(worker->ufrags, transport->upkeep->local_ufrag, (void *)(uintptr_t)index))
        counter_add(&worker->state->ran_dry[POOL_UFRAGS], 1);
    tick_start(worker, transport);
    struct transport_intent_record *record = tables_transport(worker->tables, index);
    if (atomic_load_explicit(&record->head.version, memory_order_relaxed) != transport->upkeep->version)
        dirty_set(tables_dirty(worker->tables, worker->index), index);
}

static void take(struct worker *worker, uint32_t shard)
{
    struct shard_handover *handover = &worker->entries->handovers[shard];
    if (atomic_load_explicit(&handover->owner, memory_order_acquire) != CLAIM_NOBODY)
        return;
    if (worker->now <= handover->at) // the other's clock is a hair ahead: times would run backwards
        return;
    if (rooms_are_busy(worker, shard, handover->from) && worker->now <= handover->at + WORK_OFF_NS)
        return;
    if (!claim_take(&handover->owner, worker->index))
        return;
    for (uint32_t i = handover->first; i != PACKET_NONE; i = worker->entries->transports[i].upkeep->next_of_shard)
        adopt(worker, i);
    if (handover->is_partial)
        worker->takeover = 0;
    worker->shards.phase[shard] = SHARD_OWNED;
    worker->shards.arriving--;
    rooms_join(worker, shard);
    install_missing(worker);
    say_owned(worker, shard, true);
}

void handover_advance(struct worker *worker)
{
    if (!worker->shards.leaving && !worker->shards.arriving)
        return;
    worker->walk.worked = true; // it does not sleep over it
    for (uint32_t shard = 0; shard < worker->tables->limits.shards; shard++) {
        if (worker->shards.phase[shard] == SHARD_ARRIVING)
            take(worker, shard);
        // In the walk in which it begins to leave, what was under way before is still worked off.
        else if (worker->shards.phase[shard] == SHARD_LEAVING && worker->now > worker->entries->handovers[shard].at &&
                 (!is_busy(worker, shard) || worker->now > worker->entries->handovers[shard].at + WORK_OFF_NS))
            release(worker, shard);
    }
}

bool handover_defers(struct worker *worker, uint32_t shard, uint32_t transport)
{
    if (shard >= worker->tables->limits.shards || worker->shards.phase[shard] == SHARD_OWNED)
        return false;
    bool has_moved = worker->shards.moves[shard] > 0 && worker->shard_worker[shard] != worker->index;
    if (worker->shards.phase[shard] == SHARD_ELSEWHERE && (!has_moved || install_is_own(worker, transport)))
        return false;
    dirty_set(tables_dirty(worker->tables, worker->shard_worker[shard]), transport);
    return true;
}
