// SPDX-License-Identifier: Apache-2.0
#include "intents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int intents_open(struct intents *intents, struct tables *tables, const int *worker_wakes)
{
    const struct tables_limits *limits = &tables->limits;
    *intents = (struct intents){
        .tables = tables, .wakes = worker_wakes, .oldest = UINT32_MAX, .youngest = UINT32_MAX, .next_serial = 1};
    intents->departures = calloc(limits->transports, sizeof(*intents->departures));
    intents->shards = calloc(limits->shards, sizeof(*intents->shards));
    if (!intents->departures || !intents->shards || ufrags_open(&intents->ufrags, limits->transports) ||
        pool_create(&intents->transports, limits->transports) || pool_create(&intents->streams, limits->streams) ||
        pool_create(&intents->routes, limits->routes)) {
        intents_close(intents);
        return -ENOMEM;
    }
    return 0;
}

void intents_close(struct intents *intents)
{
    ufrags_close(&intents->ufrags);
    pool_destroy(&intents->transports);
    pool_destroy(&intents->streams);
    pool_destroy(&intents->routes);
    for (uint32_t i = intents->oldest; intents->departures && i != UINT32_MAX; i = intents->departures[i].next)
        free(intents->departures[i].more);
    free(intents->departures);
    free(intents->shards);
    free(intents->orphans);
    *intents = (struct intents){0};
}

static void tell_workers(struct intents *intents, uint32_t shard)
{
    for (uint32_t worker = 0; worker < intents->tables->limits.workers; worker++) {
        dirty_set_shard(tables_dirty(intents->tables, worker), shard);
        ring_wake(tables_worker_waker(intents->tables, worker), intents->wakes[worker]);
    }
}

void intents_assign_shards(struct intents *intents)
{
    const struct tables_limits *limits = &intents->tables->limits;
    for (uint32_t shard = 0; shard < limits->shards; shard++) {
        struct shard_intent_record *record = tables_shard(intents->tables, shard);
        struct shard_intent wanted = {.generation = 1, .worker = shard % limits->workers}, present;
        if (record_read(&record->head, &present, sizeof(present)) && present.generation &&
            present.worker < limits->workers) {
            intents->shards[shard] = present; // of a control process before this one: workers hold state by it
            tell_workers(intents, shard);     // that one may have been killed before it did
        } else {
            intents_set_shard(intents, shard, &wanted);
        }
    }
}

void intents_set_shard(struct intents *intents, uint32_t shard, const struct shard_intent *intent)
{
    intents->shards[shard] = *intent;
    record_publish(&tables_shard(intents->tables, shard)->head, intent, sizeof(*intent));
    tell_workers(intents, shard);
}

uint32_t intents_worker_of(const struct intents *intents, uint32_t shard)
{
    return shard < intents->tables->limits.shards ? intents->shards[shard].worker : 0;
}

bool intents_shard_moves(const struct intents *intents, uint32_t shard)
{
    const struct shard_intent *intent = &intents->shards[shard];
    struct worker_state *state = tables_worker_state(intents->tables, intent->worker);
    return intent->moves && state &&
           !(atomic_load_explicit(&state->shards[shard / 64], memory_order_acquire) >> shard % 64 & 1);
}

// Versions rise for ever, also over restarts, and each use of a record publishes at least once.
static uint32_t next_generation(const struct record_head *head)
{
    uint32_t generation = (uint32_t)atomic_load_explicit(&((struct record_head *)head)->version, memory_order_relaxed);
    return generation + 1 ? generation + 1 : 1;
}

int intents_new_transport(struct intents *intents, struct record_link *ret_link)
{
    uint32_t index;
    if (pool_take(&intents->transports, &index))
        return -ENOSPC;
    *ret_link = (struct record_link){index, next_generation(&tables_transport(intents->tables, index)->head)};
    return 0;
}

int intents_new_stream(struct intents *intents, struct record_link *ret_link)
{
    uint32_t index;
    if (pool_take(&intents->streams, &index))
        return -ENOSPC;
    *ret_link = (struct record_link){index, next_generation(&tables_stream(intents->tables, index)->head)};
    return 0;
}

int intents_new_route(struct intents *intents, struct record_link *ret_link)
{
    uint32_t index;
    if (pool_take(&intents->routes, &index))
        return -ENOSPC;
    *ret_link = (struct record_link){index, next_generation(&tables_route(intents->tables, index)->head)};
    return 0;
}

void intents_cancel(struct pool *pool, struct record_link link)
{
    if (link.generation)
        pool_put(pool, link.index);
}

void intents_publish_stream(struct intents *intents, uint32_t index, const struct stream_intent *intent)
{
    record_publish(&tables_stream(intents->tables, index)->head, intent, sizeof(*intent));
}

void intents_publish_route(struct intents *intents, uint32_t index, const struct route_intent *intent)
{
    record_publish(&tables_route(intents->tables, index)->head, intent, sizeof(*intent));
}

uint64_t intents_announce_transport(struct intents *intents, uint32_t index, const struct transport_intent *intent)
{
    uint64_t version = record_publish(&tables_transport(intents->tables, index)->head, intent, sizeof(*intent));
    ufrags_set(&intents->ufrags, index, intent->local_ufrag);
    dirty_set(tables_dirty(intents->tables, intents_worker_of(intents, intent->shard)), index);
    return version;
}

uint64_t intents_publish_transport(struct intents *intents, uint32_t index, const struct transport_intent *intent)
{
    uint32_t worker = intents_worker_of(intents, intent->shard);
    uint64_t version = intents_announce_transport(intents, index, intent);
    ring_wake(tables_worker_waker(intents->tables, worker), intents->wakes[worker]);
    return version;
}

void intents_adopt_transport(struct intents *intents, struct record_link link)
{
    struct transport_intent intent;
    if (intents_read_transport(intents, link, &intent))
        ufrags_set(&intents->ufrags, link.index, intent.local_ufrag);
    explicit_bzero(&intent, sizeof(intent));
}

void intents_tell_again(struct intents *intents, struct record_link link, uint32_t shard)
{
    struct transport_intent_record *record = tables_transport(intents->tables, link.index);
    uint32_t worker = intents_worker_of(intents, shard);
    if (intents_is_applied(intents, link, atomic_load_explicit(&record->head.version, memory_order_relaxed)))
        return;
    dirty_set(tables_dirty(intents->tables, worker), link.index);
    ring_wake(tables_worker_waker(intents->tables, worker), intents->wakes[worker]);
}

bool intents_read_transport(const struct intents *intents, struct record_link link, struct transport_intent *ret_intent)
{
    const struct transport_intent_record *record = tables_transport(intents->tables, link.index);
    return record && link.generation && record_read(&record->head, ret_intent, sizeof(*ret_intent)) &&
           ret_intent->generation == link.generation;
}

bool intents_is_applied(const struct intents *intents, struct record_link link, uint64_t version)
{
    const struct transport_state *state = tables_transport_state(intents->tables, link.index);
    return atomic_load_explicit(&((struct transport_state *)state)->applied_version, memory_order_acquire) >= version;
}

uint64_t intents_dataplane_epoch(const struct intents *intents)
{
    return atomic_load_explicit(&intents->tables->segments[SEGMENT_STATE]->owner_epoch, memory_order_acquire);
}
