// SPDX-License-Identifier: Apache-2.0
// How records end: unpublished, then a grace period until the worker lets go of them, then free.
#pragma once

#include "intents.h"

// A session's records. Only the caller's part of the departure is read.
void departures_add(struct intents *intents, const struct departure *departure, uint64_t now);

// Goes on with every departure that can; true while some are left. Cheap: call it every few milliseconds.
bool departures_advance(struct intents *intents, uint64_t now);

// At once: nobody can act on it any more.
void departures_free_link(struct intents *intents, uint32_t index, bool is_route);

// After a restart of naru-control: what neither bitmap-like array marks (1: adopted) is freed. A transport that was
// not adopted departs; streams and routes without one wait until every departure of before is done.
int departures_release_unused(struct intents *intents, const uint8_t *used_transports, const uint8_t *used_streams,
                              const uint8_t *used_routes, uint64_t now);
