// SPDX-License-Identifier: Apache-2.0
// Rooms larger than one worker: receivers of a stream that another worker owns. The owner undoes SRTP, keeps history
// and asks the publisher; the receivers' worker numbers, rewrites and protects. Each hands to the other through a ring
// of one producer and one consumer; a packet goes by reference, and nobody writes it from then on.
#pragma once

#include "media_entry.h"
#include "mirror.h"
#include "packet.h"

#include <rte_ring.h>

enum spill_kind {
    SPILL_PLAINTEXT, // to the receivers' worker: for all of them, once
    SPILL_KEYFRAME,  // to the owner: a receiver needs one
    SPILL_WANTED,    // to the owner: a receiver lost that packet
    SPILL_KEPT,      // and back: a copy, which goes to that route alone
};

struct spill_message {
    struct rte_mbuf *mbuf;      // the consumer's own reference; NULL: a question
    uint64_t index;             // WANTED: of the source
    uint64_t number;            // WANTED, KEPT: the same as the receiver counts
    struct record_link stream;  // but for KEPT
    struct record_link route;   // WANTED, KEPT
    uint32_t publisher, viewer; // transports
    uint32_t source_ssrc;       // WANTED
    enum spill_kind kind;
};

struct spill {
    struct rte_ring *rings[TABLES_MAX_WORKERS]; // what this worker takes, by who gives; NULL: this one, or none
    struct mirrors mirrors;
    uint32_t to_wake; // a bit per worker that was handed something in this walk
};

// With one worker there is nothing to make. 0 or -ENOMEM.
int spill_create(struct worker *worker, unsigned workers);
void spill_destroy(struct worker *worker);

// Hands the message and its reference to another worker. False: the ring is full, and the reference still the
// caller's; a packet is counted as dropped. The other one is woken when this walk ends.
bool spill_send(struct worker *worker, unsigned to, const struct spill_message *message);
void spill_wake(struct worker *worker);
bool spill_is_waiting(const struct worker *worker);

// The owner: answers SPILL_WANTED out of its history. What is not kept is counted.
void spill_answer(struct worker *worker, unsigned from, const struct spill_message *question);

// The owner: looks who else hears the stream.
void spill_look(struct worker *worker, struct stream_entry *stream, uint32_t index);

// The same as repair_hand_on, for a stream that is heard elsewhere too.
rte_edge_t spill_hand_on(struct worker *worker, struct stream_entry *stream, struct rte_mbuf *mbuf, bool *ret_queued);
