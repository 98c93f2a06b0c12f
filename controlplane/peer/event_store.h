// SPDX-License-Identifier: Apache-2.0
// Events of data channels, messages among them: of any size, so bounded in bytes; the oldest give way. A message may be
// owed to its peer: it holds the peer up until a reader has taken it.
#pragma once

#include "event_ring.h"

#include <sys/queue.h>

#define EVENT_STORE_BYTES (256 * 1024)  // kept for who reads late, or the newest alone
#define EVENT_READ_BYTES  (1024 * 1024) // of messages that one read gives, or one message
#define EVENT_READ_COUNT  512           // events of data channels that one read gives

struct stored_event;
TAILQ_HEAD(stored_list, stored_event);

struct event_store {
    struct stored_list list;
    size_t bytes, limit; // of what is not owed
    // A message of that size holds its peer up no longer.
    void (*release)(void *context, size_t size);
    void *context;
};

void event_store_open(struct event_store *store, size_t limit, void (*release)(void *context, size_t size),
                      void *context);
void event_store_close(struct event_store *store); // releases nothing

// Copies event->channel; number, epoch and kind are the event's. Without memory it is as if it had given way.
void event_store_add(struct event_store *store, const struct gateway_event *event, bool is_owed);

// A reader has all up to that one; UINT64_MAX: there is no reader.
void event_store_release(struct event_store *store, uint64_t number);

// Events of both behind that one, in order, oldest first, no more than one read gives: in one piece of memory of the
// caller's. peer, room: of the store's. NULL and 0 when there are none, or no memory.
struct gateway_event *event_store_read(const struct event_store *store, const struct event_ring *ring, uint64_t epoch,
                                       uint64_t number, unsigned *ret_count);
