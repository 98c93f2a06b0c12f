// SPDX-License-Identifier: Apache-2.0
// What happens by time, per transport: checks and consent, reports, feedback, key-frame requests.
#pragma once

#include "worker.h"

// Arms the transport's timer if it is not armed.
void tick_start(struct worker *worker, struct transport_entry *transport);

// A viewer needs a key frame: one PLI to the publisher, at most one per 500 ms and stream; later ones are coalesced.
void tick_request_keyframe(struct worker *worker, struct stream_entry *stream, uint32_t index);

// check.c: the gateway's own Binding requests, as proof of a path and as consent (RFC 7675).
void check_tick(struct worker *worker, struct transport_entry *transport);

// report.c: sender and receiver reports, transport-wide feedback, REMB.
void report_tick(struct worker *worker, struct transport_entry *transport);
void report_pli(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc);
void report_nack(struct worker *worker, struct transport_entry *transport, uint32_t media_ssrc,
                 const uint16_t *sequences, unsigned count);

// rates.c: bits per second since the last report, into the state segment.
void rates_measure(struct worker *worker, struct transport_entry *transport);
