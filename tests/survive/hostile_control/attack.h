// SPDX-License-Identifier: Apache-2.0
// What a naru-control that has gone mad writes: words and bytes anywhere in its records, values that look right, and
// anything in the rings.
#pragma once

#include "victims.h"

enum attack_kind {
    ATTACK_WORD,    // one word of a record
    ATTACK_BYTES,   // a run of bytes of a record
    ATTACK_VALUE,   // a published value with some fields changed to likely numbers
    ATTACK_COPY,    // a published value of another record
    ATTACK_RESTORE, // a value as it was at the beginning, here or elsewhere: so that there is something left to damage
    ATTACK_WIPE,    // a record that is freed while it is used
    ATTACK_NOTICE,  // bits of the change notices, on any level
    ATTACK_INJECT,  // messages pushed as they should be, with anything in them
    ATTACK_RING,    // any word of a ring, its indexes included
    ATTACK_WAKER,   // the sleeping flags
    ATTACK_HEADER,  // the segments' headers, but for the epoch that the supervisor writes
    ATTACK_KINDS
};

#define ATTACK_ORIGINALS 64

struct original {
    uint32_t index;
    uint8_t value[RECORD_MAX];
};

struct attack {
    const struct tables *tables;
    const struct victims *victims;
    struct original originals[VICTIM_TABLES][ATTACK_ORIGINALS];
    uint32_t original_counts[VICTIM_TABLES];
    uint8_t headers[SEGMENT_KINDS][sizeof(struct segment_header)];
    uint64_t random; // its state: the same seed does the same
    uint64_t steps[ATTACK_KINDS];
};

extern const char *const attack_names[ATTACK_KINDS];

// Remembers the victims as they are.
void attack_begin(struct attack *attack, const struct tables *tables, const struct victims *victims, uint64_t seed);
void attack_step(struct attack *attack);

// Puts the headers back, without which nobody attaches any more.
void attack_end(struct attack *attack);
