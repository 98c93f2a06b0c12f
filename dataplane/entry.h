// SPDX-License-Identifier: Apache-2.0
// A worker's private forwarding entries: what it made of the intents after checking every bound. Only the worker that
// owns the shard touches them. What must outlive the process stands in the state segment, not here.
#pragma once

#include "claims.h"
#include "media_entry.h"
#include "object_pool.h"
#include "shards.h"
#include "transport_entry.h"

// What goes from one owner of a shard to the next. Writer: the old one, until it has released the shard.
struct shard_handover {
    uint32_t first;  // transport, a chain by next_of_shard
    uint32_t from;   // the old owner
    bool is_partial; // some were never installed
    uint64_t at;     // worker->now: began to leave, then: was released
    claim owner;     // the worker; nobody: it was released
};

// All of them, shared out to workers by shard.
struct entries {
    struct shard_intent shards[TABLES_MAX_SHARDS]; // as they were when the workers began
    bool has_shards;
    struct shard_handover handovers[TABLES_MAX_SHARDS];
    struct transport_entry *transports;
    struct transport_upkeep *upkeeps;
    struct stream_entry *streams;
    struct route_entry *routes;
    claim *transport_claims, *stream_claims, *route_claims;
    uint32_t transport_count, stream_count, route_count;
};

// As many as the limits say, none installed; pages that are not touched take no memory. 0 or -ENOMEM.
int entries_create(const struct tables_limits *limits, struct entries *ret_entries);
void entries_free(struct entries *entries);

// Nothing is left of the session, its secrets included.
void entry_wipe_transport(struct transport_entry *transport);

// What a worker's entries point to.
struct entry_pools {
    struct object_pool keys[2];         // of a transport: of CM, of GCM
    struct object_pool route_lists;     // of streams with few receivers
    struct object_pool histories;       // struct history_index
    struct object_pool missing;         // struct missing
    struct object_pool retransmissions; // struct retransmission
};

// The entry at an index that came through shared memory, or NULL.
static inline struct transport_entry *entry_transport(const struct entries *entries, uint32_t index)
{
    return index < entries->transport_count ? &entries->transports[index] : NULL;
}

static inline struct stream_entry *entry_stream(const struct entries *entries, uint32_t index)
{
    return index < entries->stream_count ? &entries->streams[index] : NULL;
}

static inline struct route_entry *entry_route(const struct entries *entries, uint32_t index)
{
    return index < entries->route_count ? &entries->routes[index] : NULL;
}
