// SPDX-License-Identifier: Apache-2.0
// What happens by time, per transport: checks and consent, reports, feedback, key-frame requests.
#pragma once

#include "worker.h"

#define TICK_FEEDBACK_NS 50000000ULL // the first interval, and the least: congestion control acts every 100 ms

// Arms the transport's tick if it is not armed.
void tick_start(struct worker *worker, struct transport_entry *transport);
// Once a walk: those transports whose time has come.
void tick_run(struct worker *worker);

// A viewer needs a key frame: one PLI to the publisher, at most one per 500 ms and stream; later ones are coalesced.
void tick_request_keyframe(struct worker *worker, struct stream_entry *stream, uint32_t index);
// The same of the route's stream, whoever owns it.
void tick_request_keyframe_of(struct worker *worker, const struct route_entry *route);

// check.c: the gateway's own Binding requests, as proof of a path and as consent (RFC 7675).
void check_tick(struct worker *worker, struct transport_entry *transport);

// report.c: sender and receiver reports, transport-wide feedback, REMB.
void report_tick(struct worker *worker, struct transport_entry *transport);
void report_pli(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc);
void report_nack(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc,
                 const uint16_t *sequences, unsigned count);

// rates.c: nodes count each packet once, per SSRC and route; the sums of a stream and a transport are made of that, at
// each tick and before a part goes.
void rates_sum(struct worker *worker, const struct transport_entry *transport);
void rates_sum_stream(struct worker *worker, uint32_t stream);
void rates_sum_route(struct worker *worker, uint32_t route);

// rates.c: bits per second since the last report, into the state segment.
void rates_measure(struct worker *worker, struct transport_entry *transport);
