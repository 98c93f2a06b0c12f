// SPDX-License-Identifier: Apache-2.0
// An operator's orders. A drained thing keeps its sessions until they end by themselves and takes no new ones. Orders
// stand where a successor finds them: in the intent segment, a room's with its publisher and members in the journal,
// and so it ends with those.
#include "control_parts.h"

#include "log.h"

static void log_order(const char *what, const char *name, bool draining)
{
    log_info("%s %s is %s", what, name, draining ? "being drained" : "open again");
}

static void drain_gateway(struct control *control, bool draining)
{
    struct segment_header *intent = control->tables.segments[SEGMENT_INTENT];
    atomic_store_explicit(&intent->gateway_draining, draining, memory_order_relaxed);
    log_order("the", "gateway", draining);
}

static void drain_worker(struct control *control, struct gateway_request *request)
{
    const struct gateway_change *change = &request->change;
    struct segment_header *intent = control->tables.segments[SEGMENT_INTENT];
    if (change->index >= control->tables.limits.workers) {
        refuse(request, GATEWAY_NOTHING_THERE, 0, "the workers are 0 to %u", control->tables.limits.workers - 1);
        return;
    }
    uint32_t workers = atomic_load_explicit(&intent->workers_draining, memory_order_relaxed);
    workers = change->draining ? workers | 1u << change->index : workers & ~(1u << change->index);
    atomic_store_explicit(&intent->workers_draining, workers, memory_order_relaxed);
    log_info("worker %u is %s", change->index, change->draining ? "being drained" : "open again");
}

static void drain_shard(struct control *control, struct gateway_request *request)
{
    const struct gateway_change *change = &request->change;
    if (change->index >= control->tables.limits.shards) {
        refuse(request, GATEWAY_NOTHING_THERE, 0, "the shards are 0 to %u", control->tables.limits.shards - 1);
        return;
    }
    struct shard_intent shard = control->intents.shards[change->index];
    shard.draining = change->draining;
    intents_set_shard(&control->intents, change->index, &shard);
    log_info("shard %u is %s", change->index, change->draining ? "being drained" : "open again");
}

// Only one that has arrived can leave again: at no time do two workers wait for the same release.
static void move_shard(struct control *control, struct gateway_request *request, uint64_t now)
{
    const struct gateway_change *change = &request->change;
    const struct tables_limits *limits = &control->tables.limits;
    struct shard_intent shard;
    if (change->index >= limits->shards || change->worker >= limits->workers) {
        refuse(request, GATEWAY_NOTHING_THERE, 0, "the shards are 0 to %u, the workers 0 to %u", limits->shards - 1,
               limits->workers - 1);
        return;
    }
    shard = control->intents.shards[change->index];
    if (shard.worker == change->worker)
        return;
    enum control_readiness readiness = control_readiness(control, now);
    if (readiness == CONTROL_NO_DATAPLANE || readiness == CONTROL_DATAPLANE_STALE) {
        refuse_for_now(request, REFUSED_NOT_READY, 1, "%s", control_readiness_text(readiness));
    } else if (intents_shard_moves(&control->intents, change->index)) {
        refuse(request, GATEWAY_BUSY, 1, "shard %u is on its way to worker %u", change->index, shard.worker);
    } else {
        log_info("shard %u moves from worker %u to worker %u", change->index, shard.worker, change->worker);
        shard.worker = change->worker;
        shard.moves++;
        intents_set_shard(&control->intents, change->index, &shard);
    }
}

static void note_order(struct control *control, const struct room *room, struct session *session)
{
    session->record.room_draining = room->is_draining;
    if (session->record.has_keys) // before that a successor does not adopt it
        session_save(control, session);
}

static void drain_room(struct control *control, struct gateway_request *request)
{
    struct room *room = rooms_find(&control->rooms, request->room);
    if (!room) {
        refuse(request, GATEWAY_NOTHING_THERE, 0, "there is no room of that name");
        return;
    }
    room->is_draining = request->change.draining;
    if (room->publisher)
        note_order(control, room, room->publisher);
    struct session *member;
    TAILQ_FOREACH(member, &room->members, viewers)
    note_order(control, room, member);
    log_order("room", room->name, room->is_draining);
}

void operate(struct control *control, struct gateway_request *request, uint64_t now)
{
    if (request->change.sets_draining) {
        switch (request->change.scope) {
        case SCOPE_GATEWAY:
            drain_gateway(control, request->change.draining);
            break;
        case SCOPE_WORKER:
            drain_worker(control, request);
            break;
        case SCOPE_SHARD:
            drain_shard(control, request);
            break;
        case SCOPE_ROOM:
            drain_room(control, request);
            break;
        }
    }
    if (request->status == GATEWAY_OK && request->change.moves)
        move_shard(control, request, now);
    if (request->status == GATEWAY_OK)
        answer_snapshot(control, request, now);
}
