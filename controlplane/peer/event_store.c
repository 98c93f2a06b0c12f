// SPDX-License-Identifier: Apache-2.0
#include "event_store.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 256 // bytes of a label or a protocol in an event; whole ones are the channel's

struct stored_event {
    TAILQ_ENTRY(stored_event) next;
    struct gateway_event event; // its channel points behind it
    bool is_owed;
    size_t size; // of what stands behind it
    char more[];
};

void event_store_open(struct event_store *store, size_t limit, void (*release)(void *context, size_t size),
                      void *context)
{
    *store = (struct event_store){.limit = limit, .release = release, .context = context};
    TAILQ_INIT(&store->list);
}

// What is owed is bounded by whom it holds up.
static void count(struct event_store *store, const struct stored_event *stored)
{
    if (!stored->is_owed)
        store->bytes += sizeof(*stored) + stored->size;
}

static void drop(struct event_store *store, struct stored_event *stored)
{
    TAILQ_REMOVE(&store->list, stored, next);
    if (!stored->is_owed)
        store->bytes -= sizeof(*stored) + stored->size;
    free(stored);
}

void event_store_close(struct event_store *store)
{
    struct stored_event *stored;
    while (store->list.tqh_last && (stored = TAILQ_FIRST(&store->list)))
        drop(store, stored);
}

// RFC 3629: not in the middle of a character.
static size_t cut(const char *text, size_t size)
{
    size_t length = text ? strnlen(text, size) : 0;
    while (length == size && length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static char *put(char **at, const void *from, size_t size)
{
    char *to = *at;
    if (size)
        memcpy(to, from, size);
    to[size] = 0;
    *at += size + 1;
    return to;
}

static void move_texts(struct gateway_channel_event *channel, const char *from, char *to)
{
    channel->label = to + (channel->label - from);
    channel->protocol = to + (channel->protocol - from);
    channel->cause = to + (channel->cause - from);
    channel->data = (const uint8_t *)to + ((const char *)channel->data - from);
}

static void make_room(struct event_store *store)
{
    struct stored_event *stored, *next;
    for (stored = TAILQ_FIRST(&store->list); stored && store->bytes > store->limit; stored = next) {
        next = TAILQ_NEXT(stored, next);
        if (!stored->is_owed && next) // the newest stays, whatever its size
            drop(store, stored);
    }
}

void event_store_add(struct event_store *store, const struct gateway_event *event, bool is_owed)
{
    const struct gateway_channel_event *channel = &event->channel;
    size_t label = cut(channel->label, LABEL_MAX), protocol = cut(channel->protocol, LABEL_MAX),
           cause = cut(channel->cause, LABEL_MAX), size = label + protocol + cause + channel->size + 4;
    struct stored_event *stored = malloc(sizeof(*stored) + size);
    if (!stored) {
        if (is_owed)
            store->release(store->context, channel->size);
        return;
    }
    char *at = stored->more;
    stored->event = *event;
    stored->is_owed = is_owed;
    stored->size = size;
    stored->event.channel.label = put(&at, channel->label, label);
    stored->event.channel.protocol = put(&at, channel->protocol, protocol);
    stored->event.channel.cause = put(&at, channel->cause, cause);
    stored->event.channel.data = (const uint8_t *)put(&at, channel->data, channel->size);
    TAILQ_INSERT_TAIL(&store->list, stored, next);
    count(store, stored);
    make_room(store);
}

void event_store_release(struct event_store *store, uint64_t number)
{
    struct stored_event *stored;
    TAILQ_FOREACH(stored, &store->list, next)
    if (stored->is_owed && stored->event.number <= number) {
        stored->is_owed = false;
        count(store, stored);
        store->release(store->context, stored->event.channel.size);
    }
    make_room(store);
}

static bool is_behind(const struct gateway_event *event, uint64_t epoch, uint64_t number)
{
    return event->epoch != epoch || event->number > number;
}

// What one read gives: up to which entry, and how much memory that takes.
struct share {
    unsigned count;
    size_t size;
    uint64_t end; // number of the first event that is left for the next read
};

static struct share share_of(const struct event_store *store, uint64_t epoch, uint64_t number)
{
    const struct stored_event *stored;
    struct share share = {.end = UINT64_MAX};
    TAILQ_FOREACH(stored, &store->list, next)
    {
        if (!is_behind(&stored->event, epoch, number))
            continue;
        if (share.count && (share.count == EVENT_READ_COUNT || share.size + stored->size > EVENT_READ_BYTES)) {
            share.end = stored->event.number;
            break;
        }
        share.count++;
        share.size += stored->size;
    }
    return share;
}

static void copy(const struct stored_event *stored, struct gateway_event *ret_event, char **at)
{
    *ret_event = stored->event;
    memcpy(*at, stored->more, stored->size);
    move_texts(&ret_event->channel, stored->more, *at);
    *at += stored->size;
}

struct gateway_event *event_store_read(const struct event_store *store, const struct event_ring *ring, uint64_t epoch,
                                       uint64_t number, unsigned *ret_count)
{
    const struct share share = share_of(store, epoch, number);
    unsigned place = event_ring_skip(ring, epoch, number), room = ring->count - place + share.count, count = 0;
    struct gateway_event *events = room ? malloc(room * sizeof(*events) + share.size) : NULL;
    const struct stored_event *stored = TAILQ_FIRST(&store->list);
    char *at = events ? (char *)(events + room) : NULL;
    while (events) {
        while (stored && !is_behind(&stored->event, epoch, number))
            stored = TAILQ_NEXT(stored, next);
        bool has_stored = stored && stored->event.number < share.end;
        const struct gateway_event *other = place < ring->count ? event_ring_at(ring, place) : NULL;
        bool has_other = other && other->number < share.end;
        if (has_stored && !(has_other && other->number < stored->event.number)) {
            copy(stored, &events[count++], &at);
            stored = TAILQ_NEXT(stored, next);
        } else if (has_other) {
            events[count++] = *other;
            place++;
        } else
            break;
    }
    *ret_count = count;
    return events;
}
