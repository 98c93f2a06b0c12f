// SPDX-License-Identifier: Apache-2.0
#include "tick.h"

#include "install.h"
#include "poison.h"
#include "prefetch.h"
#include "worker_random.h"

#define MILLISECOND     1000000ULL
#define KEYFRAME_MIN_MS 500 // between two PLIs to one stream
#define TICK_MS         250
#define TICKS_A_WALK    32

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

void tick_request_keyframe_of(struct worker *worker, const struct route_entry *route)
{
    if (route->audience && route->audience->is_mirror)
        mirror_want_keyframe(worker, (struct mirror *)route->audience);
    else if (route->audience)
        tick_request_keyframe(worker, entry_stream(worker->entries, route->stream), route->stream);
}

static void repeat_keyframe_requests(struct worker *worker, struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++) {
        struct stream_entry *stream = entry_stream(worker->entries, transport->upkeep->streams[i]);
        if (stream->keyframe_pending)
            stream->keyframe_pending = !request_now(worker, stream, transport->upkeep->streams[i]);
    }
}

// With very many transports none of this is in a near cache.
static void tick_prefetch(const struct worker *worker, uint32_t index)
{
    const struct transport_state *state = tables_transport_state(worker->tables, index);
    rte_prefetch0(&worker->entries->transports[index]);
    prefetch_lines(&worker->entries->upkeeps[index], offsetof(struct transport_upkeep, far_ssrcs));
    prefetch_lines(&state->applied_version, 2 * RTE_CACHE_LINE_SIZE);
}

static void arm(struct worker *worker, const struct transport_entry *transport)
{
    // Congestion control counts on feedback in time; the rest is better off out of step.
    // A publisher's first checks are not late either: its handshake waits for the proof of its path.
    uint64_t delay =
        transport->stream_count ? transport->upkeep->feedback_interval : worker_jitter(worker, TICK_MS * MILLISECOND);
    wheel_arm(&worker->wheel, transport->index, worker->now, delay);
}

static void tick(struct worker *worker, struct transport_entry *transport)
{
    worker_works_on(worker, transport->index);
    if (transport->upkeep->routes_missing)
        dirty_set(tables_dirty(worker->tables, worker->index), transport->index);
    rates_sum(worker, transport);
    check_tick(worker, transport);
    repeat_keyframe_requests(worker, transport);
    if (transport->keys)
        report_tick(worker, transport);
    arm(worker, transport);
}

void tick_start(struct worker *worker, struct transport_entry *transport)
{
    if (!wheel_is_armed(&worker->wheel, transport->index))
        arm(worker, transport);
}

void tick_run(struct worker *worker)
{
    uint32_t due[TICKS_A_WALK];
    unsigned count = wheel_take(&worker->wheel, worker->now, due, TICKS_A_WALK);
    for (unsigned i = 0; i < count; i++)
        tick_prefetch(worker, due[i]);
    for (unsigned i = 0; i < count; i++)
        tick(worker, &worker->entries->transports[due[i]]);
    worker_works_on_none(worker);
}
