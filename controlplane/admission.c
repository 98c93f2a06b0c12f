// SPDX-License-Identifier: Apache-2.0
// Who may come in, and when the gateway as a whole can serve at all.
#include "control_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FULL_RETRY_SECONDS  5
#define LOAD_RETRY_SECONDS  5
#define DRAIN_RETRY_SECONDS 10

const char *const gateway_refusal_names[REFUSALS] = {
    [REFUSED_REQUEST] = "request",     [REFUSED_WORKER_LOAD] = "worker_load", [REFUSED_TABLE_FULL] = "table_full",
    [REFUSED_RATE] = "rate",           [REFUSED_HALF_OPEN] = "half_open",     [REFUSED_DRAINING] = "draining",
    [REFUSED_NOT_READY] = "not_ready", [REFUSED_NO_MEMORY] = "no_memory",     [REFUSED_QUARANTINED] = "quarantined",
};

const char *const gateway_refusal_help[REFUSALS] = {
    [REFUSED_REQUEST] = "what was asked for cannot be had: the SDP, its codecs, or the room",
    [REFUSED_WORKER_LOAD] = "the worker was busier than limits.worker-load",
    [REFUSED_TABLE_FULL] = "limits.transports, streams, routes or rooms was reached",
    [REFUSED_RATE] = "more came at once than limits.setups-per-second",
    [REFUSED_HALF_OPEN] = "limits.half-open-handshakes were under way, in total or of one source",
    [REFUSED_DRAINING] = "the gateway, worker, shard or room is being drained",
    [REFUSED_NOT_READY] = "the dataplane was away",
    [REFUSED_NO_MEMORY] = "out of memory",
    [REFUSED_QUARANTINED] = "workers crashed on a session of that source in that room, some minutes ago at most",
};

void refuse(struct gateway_request *request, enum gateway_status status, unsigned retry_after, const char *format, ...)
{
    request->status = status;
    request->retry_after = retry_after;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(request->detail, sizeof(request->detail), format, arguments);
    va_end(arguments);
}

void refuse_for_now(struct gateway_request *request, enum gateway_refusal why, unsigned retry_after, const char *format,
                    ...)
{
    bool is_caller = why == REFUSED_RATE || why == REFUSED_HALF_OPEN || why == REFUSED_QUARANTINED;
    request->status = is_caller ? GATEWAY_TOO_MANY_REQUESTS : GATEWAY_OVERLOADED;
    request->refusal = why;
    request->retry_after = retry_after;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(request->detail, sizeof(request->detail), format, arguments);
    va_end(arguments);
}

bool gateway_is_draining(const struct control *control)
{
    return atomic_load_explicit(&control->tables.segments[SEGMENT_INTENT]->gateway_draining, memory_order_relaxed);
}

bool worker_is_draining(const struct control *control, uint32_t worker)
{
    struct segment_header *intent = control->tables.segments[SEGMENT_INTENT];
    return atomic_load_explicit(&intent->workers_draining, memory_order_relaxed) >> worker & 1;
}

enum control_readiness control_readiness(const struct control *control, uint64_t now)
{
    struct segment_header *state = control->tables.segments[SEGMENT_STATE];
    uint64_t heartbeat = atomic_load_explicit(&state->heartbeat, memory_order_acquire);
    if (control->is_stopping)
        return CONTROL_STOPPING;
    if (gateway_is_draining(control))
        return CONTROL_DRAINING;
    if (!atomic_load_explicit(&state->owner_ready, memory_order_acquire))
        return CONTROL_NO_DATAPLANE;
    return now > heartbeat && now - heartbeat > CONTROL_STALE_TIME ? CONTROL_DATAPLANE_STALE : CONTROL_READY;
}

const char *control_readiness_text(enum control_readiness readiness)
{
    static const char *const texts[] = {[CONTROL_READY] = "ready",
                                        [CONTROL_STOPPING] = "the gateway is shutting down",
                                        [CONTROL_DRAINING] = "the gateway is being drained: it takes no new sessions",
                                        [CONTROL_NO_DATAPLANE] = "the dataplane is not ready",
                                        [CONTROL_DATAPLANE_STALE] = "the dataplane shows no sign of life"};
    return texts[readiness];
}

static bool take_allowance(struct control *control, uint64_t now)
{
    double rate = control->config->limits.setups_per_second;
    control->setup_allowance += (double)(now - control->allowance_at) * rate / CONTROL_SECOND;
    if (control->setup_allowance > 2 * rate)
        control->setup_allowance = 2 * rate;
    control->allowance_at = now;
    if (control->setup_allowance < 1)
        return false;
    control->setup_allowance -= 1;
    return true;
}

static void refuse_unready(struct gateway_request *request, enum control_readiness readiness)
{
    bool is_ending = readiness == CONTROL_DRAINING || readiness == CONTROL_STOPPING;
    refuse_for_now(request, is_ending ? REFUSED_DRAINING : REFUSED_NOT_READY, is_ending ? DRAIN_RETRY_SECONDS : 1, "%s",
                   control_readiness_text(readiness));
}

// Beside a session's transport: one stream of a publisher, or one route of a viewer, at least.
static int refuse_full(const struct control *control, struct gateway_request *request)
{
    const struct tables_limits *limits = &control->tables.limits;
    bool is_publisher = request->operation == GATEWAY_PUBLISH;
    if (control->intents.transports.count == 0)
        refuse_for_now(request, REFUSED_TABLE_FULL, FULL_RETRY_SECONDS, "all %u sessions are taken (limits.transports)",
                       limits->transports);
    else if (is_publisher && control->intents.streams.count == 0)
        refuse_for_now(request, REFUSED_TABLE_FULL, FULL_RETRY_SECONDS, "all %u streams are taken (limits.streams)",
                       limits->streams);
    else if (!is_publisher && control->intents.routes.count == 0)
        refuse_for_now(request, REFUSED_TABLE_FULL, FULL_RETRY_SECONDS, "all %u routes are taken (limits.routes)",
                       limits->routes);
    else if (is_publisher && control->rooms.count >= control->rooms.limit &&
             !rooms_find(&control->rooms, request->room))
        refuse_for_now(request, REFUSED_TABLE_FULL, FULL_RETRY_SECONDS, "all %u rooms are taken (limits.rooms)",
                       control->rooms.limit);
    else
        return 0;
    return -EBUSY;
}

// One source may not keep all others from setting up sessions.
static bool is_one_too_many(const struct control *control, const uint8_t source[GATEWAY_SOURCE_SIZE])
{
    unsigned most = control->config->limits.half_open_per_source, count = 0;
    if (control->setup_count < most)
        return false;
    for (const struct session *session = TAILQ_FIRST(&control->setup); session; session = TAILQ_NEXT(session, setup))
        count += memcmp(session->record.source, source, sizeof(session->record.source)) == 0;
    return count >= most;
}

int admit(struct control *control, struct gateway_request *request, uint64_t now)
{
    enum control_readiness readiness = control_readiness(control, now);
    unsigned seconds = quarantines_left(&control->quarantines, request, now);
    if (readiness != CONTROL_READY)
        refuse_unready(request, readiness);
    else if (seconds)
        refuse_for_now(request, REFUSED_QUARANTINED, seconds, "workers crashed on a session of this address in room %s",
                       request->room);
    else if (refuse_full(control, request))
        return -EBUSY;
    else if (control->setup_count >= control->config->limits.half_open_handshakes)
        refuse_for_now(request, REFUSED_HALF_OPEN, 1, "%u sessions are being set up (limits.half-open-handshakes)",
                       control->setup_count);
    else if (is_one_too_many(control, request->source))
        refuse_for_now(request, REFUSED_HALF_OPEN, 1,
                       "this address has %u sessions being set up (limits.half-open-handshakes-per-source)",
                       control->config->limits.half_open_per_source);
    else
        return 0;
    return -EBUSY;
}

int admit_at_this_rate(struct control *control, struct gateway_request *request, uint64_t now)
{
    if (take_allowance(control, now))
        return 0;
    refuse_for_now(request, REFUSED_RATE, 1, "more than %u new sessions a second (limits.setups-per-second)",
                   control->config->limits.setups_per_second);
    return -EBUSY;
}

int admit_to_room(const struct room *room, struct gateway_request *request)
{
    if (!room->is_draining)
        return 0;
    refuse_for_now(request, REFUSED_DRAINING, DRAIN_RETRY_SECONDS, "room %s is being drained", room->name);
    return -EBUSY;
}

int admit_to_shard(struct control *control, struct gateway_request *request, uint32_t shard)
{
    uint32_t worker = intents_worker_of(&control->intents, shard);
    if (control->intents.shards[shard].draining)
        refuse_for_now(request, REFUSED_DRAINING, DRAIN_RETRY_SECONDS, "shard %u is being drained", shard);
    else if (worker_is_draining(control, worker))
        refuse_for_now(request, REFUSED_DRAINING, DRAIN_RETRY_SECONDS, "worker %u is being drained", worker);
    else if (placement_is_overloaded(control, worker))
        refuse_for_now(request, REFUSED_WORKER_LOAD, LOAD_RETRY_SECONDS,
                       "worker %u is at %u percent of its cycles, with what is being set up (limits.worker-load)",
                       worker, placement_load_expected(control, worker) / 10);
    else
        return 0;
    return -EBUSY;
}
