// SPDX-License-Identifier: Apache-2.0
#include "handover_rooms.h"

#include "install.h"
#include "tick.h"

const struct stream_entry *rooms_stream_of(const struct worker *worker, const struct audience *audience)
{
    const struct entries *entries = worker->entries;
    uintptr_t first = (uintptr_t)entries->streams, at = (uintptr_t)audience;
    if (at < first || at >= (uintptr_t)(entries->streams + entries->stream_count))
        return NULL;
    return &entries->streams[(at - first) / sizeof(struct stream_entry)];
}

static void look_again(struct worker *worker, struct transport_entry *transport)
{
    transport->upkeep->routes_missing = true;
    dirty_set(tables_dirty(worker->tables, worker->index), transport->index);
}

// Receivers of other shards stay here, and hear the stream from its new owner.
static void send_others_away(struct worker *worker, uint32_t shard, struct stream_entry *stream)
{
    for (uint32_t place = 0; place < stream->audience.count;) {
        uint32_t route = stream->audience.routes[place];
        struct transport_entry *to = &worker->entries->transports[worker->entries->routes[route].transport];
        if (to->upkeep->shard == shard) {
            place++;
            continue;
        }
        audience_leave(worker, route);
        look_again(worker, to);
    }
}

void rooms_part(struct worker *worker, struct transport_entry *transport)
{
    for (unsigned i = 0; i < transport->stream_count; i++)
        send_others_away(worker, transport->upkeep->shard,
                         entry_stream(worker->entries, transport->upkeep->streams[i]));
    for (uint32_t i = transport->upkeep->first_route; transport->has_routes && i != PACKET_NONE;
         i = worker->entries->routes[i].next) {
        const struct audience *audience = worker->entries->routes[i].audience;
        const struct stream_entry *stream = rooms_stream_of(worker, audience);
        if (stream && worker->entries->transports[stream->transport].upkeep->shard == transport->upkeep->shard)
            continue;
        install_leave_audience(worker, i);
        transport->upkeep->routes_missing = true;
    }
}

bool rooms_are_busy(const struct worker *worker, uint32_t shard, unsigned from)
{
    const struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned i = 0; i < queue->count; i++) {
        const struct audience *audience = queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS].audience;
        if (audience->is_mirror && ((const struct mirror *)audience)->shard == shard)
            return true;
    }
    return worker->spill.rings[from] && !rte_ring_empty(worker->spill.rings[from]);
}

// The receivers go on in the order in which they came, behind those that are there.
static void take_in(struct worker *worker, struct mirror *mirror, struct stream_entry *stream)
{
    while (mirror->audience.count) {
        uint32_t route = mirror->audience.routes[0];
        audience_leave(worker, route);
        if (audience_join(worker, &stream->audience, route))
            look_again(worker, &worker->entries->transports[worker->entries->routes[route].transport]);
    }
    if (mirror->wants_keyframe)
        tick_request_keyframe(worker, stream, mirror->stream.index);
    mirror_settle(worker, mirror);
}

static void join_mirrors(struct worker *worker, uint32_t shard)
{
    struct mirror *next;
    for (struct mirror *mirror = LIST_FIRST(&worker->spill.mirrors.all); mirror; mirror = next) {
        next = LIST_NEXT(mirror, all);
        if (mirror->shard != shard)
            continue;
        struct stream_entry *stream = install_own_stream(worker, mirror->publisher, mirror->stream);
        if (stream)
            take_in(worker, mirror, stream);
        else
            mirror_close(worker, mirror->stream.index);
    }
}

void rooms_join(struct worker *worker, uint32_t shard)
{
    join_mirrors(worker, shard);
    const struct shard_handover *handover = &worker->entries->handovers[shard];
    for (uint32_t i = handover->first; i != PACKET_NONE; i = worker->entries->transports[i].upkeep->next_of_shard) {
        const struct transport_entry *transport = &worker->entries->transports[i];
        for (unsigned j = 0; j < transport->stream_count; j++)
            spill_look(worker, entry_stream(worker->entries, transport->upkeep->streams[j]),
                       transport->upkeep->streams[j]);
    }
}
