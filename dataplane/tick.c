// SPDX-License-Identifier: Apache-2.0
#include "tick.h"

#include "install.h"

#include <rte_lcore.h>

#define MILLISECOND       1000000ULL
#define KEYFRAME_MIN_MS   500 // between two PLIs to one stream
#define TICK_PUBLISHER_MS 50  // feedback is due twice as often as congestion control acts on it
#define TICK_VIEWER_MS    250

static bool request_now(struct worker *worker, struct stream_entry *stream, uint32_t index)
{
    struct stream_state *state = tables_stream_state(worker->tables, index);
    struct transport_entry *publisher = entry_transport(worker->entries, stream->transport);
    uint64_t last = counter_get(&state->last_keyframe_request);
    if (!publisher || !publisher->keys || !stream->media_ssrc ||
        (last && worker->now - last < KEYFRAME_MIN_MS * MILLISECOND))
        return false;
    atomic_store_explicit(&state->last_keyframe_request, worker->now, memory_order_relaxed);
    counter_add(&state->plis_sent, 1);
    report_pli(worker, publisher, stream->media_ssrc);
    return true;
}

void tick_request_keyframe(struct worker *worker, struct stream_entry *stream, uint32_t index)
{
    if (stream->kind == MEDIA_VIDEO)
        stream->keyframe_pending = !request_now(worker, stream, index);
}

static void repeat_keyframe_requests(struct worker *worker, struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_entry *stream = entry_stream(worker->entries, transport->streams[i]);
        if (stream->keyframe_pending)
            stream->keyframe_pending = !request_now(worker, stream, transport->streams[i]);
    }
}

static void arm(struct worker *worker, struct transport_entry *transport);

static void tick(struct rte_timer *timer, void *argument)
{
    struct worker *worker = worker_self();
    struct transport_entry *transport = argument;
    (void)timer;
    if (transport->routes_missing)
        dirty_set(tables_dirty(worker->tables, worker->index), transport->index);
    check_tick(worker, transport);
    repeat_keyframe_requests(worker, transport);
    if (transport->keys)
        report_tick(worker, transport);
    arm(worker, transport);
}

static void arm(struct worker *worker, struct transport_entry *transport)
{
    uint64_t ms = rte_get_timer_hz() / 1000;
    // Congestion control counts on feedback in time; the rest is better off out of step.
    uint64_t cycles = transport->stream_count ? TICK_PUBLISHER_MS * ms : worker_jitter(worker, TICK_VIEWER_MS * ms);
    rte_timer_reset_sync(&transport->timer, cycles, SINGLE, rte_lcore_id(), tick, transport);
}

void tick_start(struct worker *worker, struct transport_entry *transport)
{
    if (!rte_timer_pending(&transport->timer))
        arm(worker, transport);
}
