// SPDX-License-Identifier: Apache-2.0
#include "departures.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE          UINT32_MAX
#define FAREWELL_TIME 100000000ULL // ns that a last datagram may take to the worker

static void unpublish(struct intents *intents, struct departure *departure)
{
    struct transport_intent_record *record = tables_transport(intents->tables, departure->transport.index);
    struct transport_intent gone = {.shard = departure->shard}; // a successor must know whom to wait for
    // Twice: no key stays in either slot.
    record_publish(&record->head, &gone, sizeof(gone));
    departure->version = record_publish(&record->head, &gone, sizeof(gone));
    departure->is_unpublished = true;
    dirty_set(tables_dirty(intents->tables, departure->worker), departure->transport.index);
    ring_wake(tables_worker_waker(intents->tables, departure->worker), intents->wakes[departure->worker]);
}

static void append(struct intents *intents, struct departure *departure)
{
    departure->next = NONE;
    departure->serial = intents->next_serial++;
    if (intents->youngest == NONE)
        intents->oldest = departure->transport.index;
    else
        intents->departures[intents->youngest].next = departure->transport.index;
    intents->youngest = departure->transport.index;
    intents->departing++;
}

static bool farewell_is_said(struct intents *intents, const struct departure *departure, uint64_t now)
{
    if (!departure->has_farewell || now >= departure->leave_by)
        return true;
    struct ring *ring = tables_ring(intents->tables, departure->worker, departure->farewell_ring);
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    return (int32_t)(head - departure->farewell) >= 0;
}

void departures_add(struct intents *intents, const struct departure *from, uint64_t now)
{
    struct departure *departure = &intents->departures[from->transport.index];
    *departure = *from;
    departure->is_unpublished = false;
    departure->worker = intents_worker_of(intents, departure->shard);
    struct ring *ring = tables_ring(intents->tables, departure->worker, departure->farewell_ring);
    departure->farewell = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    departure->leave_by = now + FAREWELL_TIME;
    append(intents, departure);
    if (farewell_is_said(intents, departure, now))
        unpublish(intents, departure);
}

static void free_stream(struct intents *intents, uint32_t index)
{
    struct stream_intent_record *record = tables_stream(intents->tables, index);
    record_wipe(&record->head, sizeof(record->slots[0]));
    pool_put(&intents->streams, index);
}

static void free_route(struct intents *intents, uint32_t index)
{
    struct route_intent_record *record = tables_route(intents->tables, index);
    record_wipe(&record->head, sizeof(record->slots[0]));
    pool_put(&intents->routes, index);
}

void departures_free_link(struct intents *intents, uint32_t index, bool is_route)
{
    (is_route ? free_route : free_stream)(intents, index);
}

struct departing_links *departing_links_new(unsigned size)
{
    struct departing_links *links = malloc(sizeof(*links) + size * sizeof(links->list[0]));
    if (links)
        *links = (struct departing_links){.size = size};
    return links;
}

void departing_links_add(struct departing_links *links, uint32_t index, bool is_route)
{
    assert(links->count < links->size);
    links->list[links->count++] = (struct departing_link){index, is_route};
}

static void finish(struct intents *intents, struct departure *departure)
{
    for (uint32_t i = 0; i < departure->link_count; i++)
        departures_free_link(intents, departure->links[i].index, departure->links_are_routes);
    for (unsigned i = 0; departure->more && i < departure->more->count; i++)
        departures_free_link(intents, departure->more->list[i].index, departure->more->list[i].is_route);
    free(departure->more);
    departure->more = NULL;
    pool_put(&intents->transports, departure->transport.index);
    intents->departing--;
}

// True when the departure is over.
static bool advance(struct intents *intents, struct departure *departure, uint64_t now)
{
    if (!departure->is_unpublished && farewell_is_said(intents, departure, now))
        unpublish(intents, departure);
    // A dataplane that was started in between acknowledges what it finds empty, too.
    return departure->is_unpublished && intents_is_applied(intents, departure->transport, departure->version);
}

static void free_orphans(struct intents *intents)
{
    for (uint32_t i = 0; i < intents->orphan_streams; i++)
        free_stream(intents, intents->orphans[i].index);
    for (uint32_t i = 0; i < intents->orphan_routes; i++)
        free_route(intents, intents->orphans[intents->orphan_streams + i].index);
    free(intents->orphans);
    intents->orphans = NULL;
    intents->orphan_streams = intents->orphan_routes = 0;
}

bool departures_advance(struct intents *intents, uint64_t now)
{
    uint32_t previous = NONE;
    for (uint32_t index = intents->oldest, next; index != NONE; index = next) {
        struct departure *departure = &intents->departures[index];
        next = departure->next;
        if (!advance(intents, departure, now)) {
            previous = index;
            continue;
        }
        if (previous == NONE)
            intents->oldest = next;
        else
            intents->departures[previous].next = next;
        if (intents->youngest == index)
            intents->youngest = previous;
        finish(intents, departure);
    }
    if (intents->orphans &&
        (intents->oldest == NONE || intents->departures[intents->oldest].serial > intents->orphan_serial))
        free_orphans(intents);
    return intents->oldest != NONE || intents->orphans;
}

static void release_transport(struct intents *intents, uint32_t index, uint64_t now)
{
    struct transport_intent_record *record = tables_transport(intents->tables, index);
    struct transport_intent intent = {0};
    uint64_t version = record_read(&record->head, &intent, sizeof(intent));
    struct departure departure = {.transport = {index, intent.generation}, .shard = intent.shard};
    if (version == 0 || (!intent.generation && intents_is_applied(intents, departure.transport, version)))
        pool_put(&intents->transports, index);
    else
        departures_add(intents, &departure, now);
    explicit_bzero(&intent, sizeof(intent));
}

static void release_stream(struct intents *intents, uint32_t index)
{
    struct stream_intent intent;
    if (!record_read(&tables_stream(intents->tables, index)->head, &intent, sizeof(intent)) || !intent.generation)
        pool_put(&intents->streams, index);
    else
        intents->orphans[intents->orphan_streams++] = (struct record_link){index, intent.generation};
}

static void release_route(struct intents *intents, uint32_t index)
{
    struct route_intent intent;
    if (!record_read(&tables_route(intents->tables, index)->head, &intent, sizeof(intent)) || !intent.generation)
        pool_put(&intents->routes, index);
    else
        intents->orphans[intents->orphan_streams + intents->orphan_routes++] =
            (struct record_link){index, intent.generation};
}

int departures_release_unused(struct intents *intents, const uint8_t *used_transports, const uint8_t *used_streams,
                              const uint8_t *used_routes, uint64_t now)
{
    const struct tables_limits *limits = &intents->tables->limits;
    // From the last index down: the pools give the first one first.
    intents->orphans = calloc((size_t)limits->streams + limits->routes, sizeof(*intents->orphans));
    if (!intents->orphans)
        return -ENOMEM;
    for (uint32_t i = limits->streams; i-- > 0;)
        if (!used_streams[i])
            release_stream(intents, i);
    for (uint32_t i = limits->routes; i-- > 0;)
        if (!used_routes[i])
            release_route(intents, i);
    intents->orphan_serial = UINT64_MAX; // none is freed while departures are still being found
    for (uint32_t i = limits->transports; i-- > 0;)
        if (!used_transports[i])
            release_transport(intents, i, now);
    intents->orphan_serial = intents->next_serial - 1;
    departures_advance(intents, now);
    return 0;
}
