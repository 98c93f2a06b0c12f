// SPDX-License-Identifier: Apache-2.0
// The last events, for who comes back and asks for those that it missed: bounded, the oldest is written over.
#pragma once

#include "gateway_peer.h"

#include <stdbool.h>

struct event_ring {
    struct gateway_event *list;
    unsigned size, first, count;
};

// 0 or -ENOMEM.
int event_ring_open(struct event_ring *ring, unsigned size);
void event_ring_close(struct event_ring *ring);

void event_ring_add(struct event_ring *ring, const struct gateway_event *event);

// The place of the first behind that one; of another epoch all are. ring->count: there is none.
unsigned event_ring_skip(const struct event_ring *ring, uint64_t epoch, uint64_t number);
const struct gateway_event *event_ring_at(const struct event_ring *ring, unsigned place);
