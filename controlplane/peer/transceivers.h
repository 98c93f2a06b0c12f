// SPDX-License-Identifier: Apache-2.0
// Transceivers of a peer: what this side wants of each, and whether that has to be negotiated (W3C WebRTC 4.7.3).
#pragma once

#include "journal_peer.h"
#include "sdp.h"

#include <stdbool.h>

// A free one, with a serial of its own, or the place of one that was declined. NULL when all are taken.
struct journal_transceiver *transceivers_add(struct journal_peer *peer, enum media_kind kind);
// Keeps no more of it than which source was stopped, while that is there and would be offered again.
void transceivers_decline(struct journal_peer *peer, struct journal_transceiver *transceiver);
// The source that it had is not to be offered by itself, as far as there is a place to note that.
void transceivers_forgo(struct journal_peer *peer, const struct journal_transceiver *was);
bool transceivers_is_left(const struct journal_transceiver *transceiver); // of one that was declined
void transceivers_remove(struct journal_transceiver *transceiver);

// By index; NULL where the place is free or has another serial (0: any).
struct journal_transceiver *transceivers_at(struct journal_peer *peer, unsigned index, uint32_t serial);
unsigned transceivers_index(const struct journal_peer *peer, const struct journal_transceiver *transceiver);
struct journal_transceiver *transceivers_find(struct journal_peer *peer, const char *mid);
// That of the m-line, or NULL.
struct journal_transceiver *transceivers_of_line(struct journal_peer *peer, unsigned line);

// WAY_* that this side wants.
unsigned transceivers_wish(const struct journal_transceiver *transceiver);

// Whether media is received now: one that pauses has a stream, too.
bool transceivers_receives(const struct journal_transceiver *transceiver);

bool transceivers_need_negotiation(const struct journal_peer *peer);

unsigned ways_of(enum sdp_direction direction);
enum sdp_direction direction_of(unsigned ways);
// As the other side sees them.
unsigned ways_reversed(unsigned ways);
