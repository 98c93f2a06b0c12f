// SPDX-License-Identifier: Apache-2.0
// The only writers of the intent segment. Order of a new session: streams and routes first, then the transport that
// links them. Order of an old one: unpublish, wait until the worker acts on that, free.
#pragma once

#include "departing_links.h"
#include "pool.h"
#include "segment.h"
#include "ufrags.h"

#define INTENTS_LINKS_MAX 8 // streams or routes of one transport

// Streams or routes that end with their transport.
struct departure {
    struct record_link transport;
    struct record_link links[INTENTS_LINKS_MAX];
    uint32_t link_count;
    uint32_t shard;
    bool has_farewell; // something was injected just before: the transport stays until the worker has read it
    enum ring_kind farewell_ring;
    bool links_are_routes;
    struct departing_links *more; // malloc, or NULL; freed with the departure

    // Set by departures.c.
    bool is_unpublished;
    uint32_t worker;
    uint32_t farewell; // tail of the inject ring behind that last datagram
    uint64_t leave_by; // monotonic ns: longer it is not waited for
    uint64_t version;  // of the empty intent
    uint64_t serial;   // of all departures
    uint32_t next;     // index of the next younger departure, or UINT32_MAX
};

struct intents {
    struct tables *tables;
    const int *wakes; // eventfd of each worker; the caller's
    struct pool transports, streams, routes;
    struct ufrags ufrags;         // of what was published or adopted
    struct shard_intent *shards;  // as published: nobody else writes the table
    struct departure *departures; // by transport index
    uint32_t oldest, youngest;    // list of departures, UINT32_MAX: none
    uint32_t departing;
    uint64_t next_serial;
    struct record_link *orphans; // streams, then routes, of a control process that died; freed behind orphan_serial
    uint32_t orphan_streams, orphan_routes;
    uint64_t orphan_serial;
};

// Everything in the tables counts as used until departures_release_unused. 0 or -ENOMEM.
int intents_open(struct intents *intents, struct tables *tables, const int *worker_wakes);
void intents_close(struct intents *intents);

// Writes which worker serves each shard: shard i, worker i modulo workers.
void intents_assign_shards(struct intents *intents);
uint32_t intents_worker_of(const struct intents *intents, uint32_t shard);
// Publishes it and tells every worker: all of them steer by it.
void intents_set_shard(struct intents *intents, uint32_t shard, const struct shard_intent *intent);

// Whether the worker that the table names has not taken it yet.
bool intents_shard_moves(const struct intents *intents, uint32_t shard);

// An index and a generation that this index never had. 0 or -ENOSPC.
int intents_new_transport(struct intents *intents, struct record_link *ret_link);
int intents_new_stream(struct intents *intents, struct record_link *ret_link);
int intents_new_route(struct intents *intents, struct record_link *ret_link);

// Gives back what was never published.
void intents_cancel(struct pool *pool, struct record_link link);

void intents_publish_stream(struct intents *intents, uint32_t index, const struct stream_intent *intent);
void intents_publish_route(struct intents *intents, uint32_t index, const struct route_intent *intent);
// Also tells the worker. Returns the version whose application the caller may wait for.
uint64_t intents_publish_transport(struct intents *intents, uint32_t index, const struct transport_intent *intent);
// The same without waking it: it looks every 10 ms, and before each packet.
uint64_t intents_announce_transport(struct intents *intents, uint32_t index, const struct transport_intent *intent);

// Of a control process before this one: its checks find it.
void intents_adopt_transport(struct intents *intents, struct record_link link);

// What a control process before this one published and may have been killed before it said so.
void intents_tell_again(struct intents *intents, struct record_link link, uint32_t shard);

// The current intent; false when it is free or of another generation. It holds keys: wipe the copy.
bool intents_read_transport(const struct intents *intents, struct record_link link,
                            struct transport_intent *ret_intent);
// Whether the worker acts on that version or a later one.
bool intents_is_applied(const struct intents *intents, struct record_link link, uint64_t version);
uint64_t intents_dataplane_epoch(const struct intents *intents);
