// SPDX-License-Identifier: Apache-2.0
#include "repair.h"

#include "tick.h"

#define MUCH_LOST      26 // of 256
#define MS_NS          1000000ULL
#define POLL_NS        (5 * MS_NS)
#define STREAMS_A_WALK 64u

void repair_enable(struct worker *worker, struct stream_entry *stream, bool nack)
{
    if (nack && !stream->missing)
        stream->missing = worker_take(worker, &worker->pools.missing, POOL_REPAIR); // without it a key frame repairs
    if (nack || !stream->missing)
        return;
    object_pool_give(&worker->pools.missing, stream->missing);
    stream->missing = NULL;
    stream->repair_queued = false;
}

static void push(struct worker *worker, uint32_t index)
{
    uint32_t capacity = worker->entries->stream_count;
    struct stream_entry *stream = entry_stream(worker->entries, index);
    stream->repair_queued = worker->repairs.count < capacity; // an entry of a stream that ended may take the place
    if (stream->repair_queued)
        worker->repairs.streams[(worker->repairs.head + worker->repairs.count++) % capacity] = index;
}

void repair_track(struct worker *worker, struct stream_entry *stream, uint32_t index, uint64_t number)
{
    struct missing *missing = stream->missing;
    if (missing->ssrc != stream->media_ssrc)
        missing->count = 0;
    missing->ssrc = stream->media_ssrc;
    if (number <= stream->highest_index) {
        missing_remove(missing, number);
        return;
    }
    unsigned given_up = missing_add(missing, stream->highest_index + 1, number, (uint32_t)(worker->now / MS_NS));
    if (given_up)
        tick_request_keyframe(worker, stream, index);
    counter_add(&tables_stream_state(worker->tables, index)->packets_given_up, given_up);
    if (missing->count && !stream->repair_queued)
        push(worker, index);
}

void repair_received(struct worker *worker, struct stream_entry *stream, uint32_t index, uint64_t number)
{
    counter_add(&tables_stream_state(worker->tables, index)->packets_repaired, 1);
    if (stream->missing)
        repair_track(worker, stream, index, number);
    stream->highest_index = RTE_MAX(stream->highest_index, number);
}

static void ask(struct worker *worker, struct stream_entry *stream, uint32_t index)
{
    struct transport_entry *transport = entry_transport(worker->entries, stream->transport);
    struct stream_state *state = tables_stream_state(worker->tables, index);
    uint32_t rtt_ms = (tables_transport_state(worker->tables, stream->transport)->rtt_us + 999) / 1000;
    uint16_t sequences[MISSING_MAX];
    unsigned given_up;
    unsigned count = missing_due(stream->missing, (uint32_t)(worker->now / MS_NS), rtt_ms, sequences, &given_up);
    counter_add(&state->packets_given_up, given_up);
    if (!count || !transport->keys || transport->selected == ENTRY_NO_PATH)
        return;
    // Without an estimate of its own the sender would fill a link that is too narrow with repairs.
    if (transport->feedback != FEEDBACK_TRANSPORT_CC && stream->fraction_lost > MUCH_LOST)
        return;
    report_nack(worker, transport, stream->media_ssrc, sequences, count);
    counter_add(&state->nacks_sent, 1);
    counter_add(&state->packets_nacked, count);
}

void repair_poll(struct worker *worker)
{
    uint32_t capacity = worker->entries->stream_count;
    if (!worker->repairs.count || worker->now < worker->repairs.due)
        return;
    unsigned turn = RTE_MIN(worker->repairs.count, STREAMS_A_WALK);
    worker->repairs.due = turn < worker->repairs.count ? 0 : worker->now + POLL_NS;
    for (unsigned i = 0; i < turn; i++) {
        uint32_t index = worker->repairs.streams[worker->repairs.head];
        struct stream_entry *stream = entry_stream(worker->entries, index);
        worker->repairs.head = (worker->repairs.head + 1) % capacity;
        worker->repairs.count--;
        if (!stream->repair_queued)
            continue;
        ask(worker, stream, index);
        stream->repair_queued = false;
        if (stream->missing->count)
            push(worker, index);
    }
}
