// SPDX-License-Identifier: Apache-2.0
// A stream of another worker, as this worker's receivers see it: whom it goes to here, and where to ask for more. Made
// of the tables, like all that is installed, whatever the order in which the two workers do so.
#pragma once

#include "audience.h"
#include "layout.h"
#include "object_pool.h"
#include "stream.h"

#include <sys/queue.h>

struct worker;

struct mirror {
    struct audience audience;
    struct record_link stream;
    uint32_t publisher, shard; // the publisher's transport; whoever serves its shard owns the stream
    uint8_t kind;              // enum media_kind
    bool wants_keyframe;
    uint8_t extension_kinds[256]; // as of a stream_entry
    LIST_ENTRY(mirror) all;
};

// What a worker wants of a stream, in one word that its owner reads: the generation stands above.
enum mirror_wants { MIRROR_WANTS_PACKETS = 1, MIRROR_WANTS_HISTORY = 2 };
#define MIRROR_WANTS_BITS 8

struct mirrors {
    struct mirror **by_stream; // NULL: there is one worker only
    _Atomic uint64_t *wants;   // by stream. Writer: this worker
    LIST_HEAD(, mirror) all;
    struct object_pool pool;
    bool want_keyframes; // some do
};

int mirrors_create(uint32_t streams, struct mirrors *ret_mirrors);
void mirrors_destroy(struct mirrors *mirrors);

// The mirror of a stream with that intent. NULL: its publisher is no other worker's, or there is no memory.
struct mirror *mirror_open(struct worker *worker, struct record_link stream, const struct stream_intent *intent);

// The mirror of the stream that is installed, or NULL.
static inline struct mirror *mirror_find(const struct mirrors *mirrors, struct record_link stream)
{
    struct mirror *mirror = mirrors->by_stream ? mirrors->by_stream[stream.index] : NULL;
    return mirror && mirror->stream.generation == stream.generation ? mirror : NULL;
}

// Its audience changed: the owner is told what it wants now. One that nobody hears is freed.
void mirror_settle(struct worker *worker, struct mirror *mirror);

// The stream becomes this worker's own: its receivers look for it again.
void mirror_close(struct worker *worker, uint32_t stream);

// A receiver needs a key frame: the owner is asked once a walk.
void mirror_want_keyframe(struct worker *worker, struct mirror *mirror);
void mirrors_ask_keyframes(struct worker *worker);

unsigned mirror_owner(const struct worker *worker, const struct mirror *mirror);
