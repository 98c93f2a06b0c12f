// SPDX-License-Identifier: Apache-2.0
#include "event_ring.h"

#include <errno.h>
#include <stdlib.h>

int event_ring_open(struct event_ring *ring, unsigned size)
{
    *ring = (struct event_ring){.list = calloc(size, sizeof(*ring->list)), .size = size};
    return ring->list ? 0 : -ENOMEM;
}

void event_ring_close(struct event_ring *ring)
{
    free(ring->list);
    *ring = (struct event_ring){0};
}

void event_ring_add(struct event_ring *ring, const struct gateway_event *event)
{
    ring->list[(ring->first + ring->count) % ring->size] = *event;
    if (ring->count < ring->size)
        ring->count++;
    else
        ring->first = (ring->first + 1) % ring->size;
}

const struct gateway_event *event_ring_at(const struct event_ring *ring, unsigned place)
{
    return &ring->list[(ring->first + place) % ring->size];
}

unsigned event_ring_skip(const struct event_ring *ring, uint64_t epoch, uint64_t number)
{
    unsigned skipped = 0;
    while (skipped < ring->count && event_ring_at(ring, skipped)->epoch == epoch &&
           event_ring_at(ring, skipped)->number <= number)
        skipped++;
    return skipped;
}
