// SPDX-License-Identifier: Apache-2.0
// Loss on the way from this gateway to a viewer: what it asks for is sent again as RTX (RFC 4588), under an SSRC and an
// SRTP index of its own. nodes/rtx_send.c answers.
#pragma once

#include "worker.h"

// A route that takes RTX gets what that needs.
void rtx_enable(struct worker *worker, struct route_entry *route);

// A stream's packets are kept as long as somebody takes RTX.
void rtx_keep_history(struct worker *worker, struct stream_entry *stream);

// The route's numbers stand in a new relation to its source's, which begins with the source's packet `number`.
void rtx_begin_epoch(struct route_entry *route, const struct route_state *state, uint64_t number);

// A sequence number that the viewer named in a NACK. What is not taken is counted.
void rtx_request(struct worker *worker, uint32_t route, uint16_t sequence);

// The next index of the route's RTX SSRC; it is in the state segment when this returns. False: there are no more.
bool rtx_take_index(struct worker *worker, struct route_entry *route, struct route_state *state, uint64_t *ret_index);
