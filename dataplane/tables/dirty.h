// SPDX-License-Identifier: Apache-2.0
// Change notices from naru-control to one worker: a bit per transport under two levels of summary. Bits cannot overflow
// or be lost; setting one twice is one notice. In the rings segment, one per worker.
#pragma once

#include "layout.h"

#define DIRTY_WORDS (TABLES_MAX_TRANSPORTS / 64)

struct dirty_bitmap {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t summary; // a bit per word of middle
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t shards[TABLES_MAX_SHARDS / 64];
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t middle[64]; // a bit per word of bits
    _Atomic uint64_t bits[DIRTY_WORDS];
};

// Any thread of naru-control. The record was published before.
void dirty_set(struct dirty_bitmap *dirty, uint32_t transport);
void dirty_set_shard(struct dirty_bitmap *dirty, uint32_t shard);

// The worker: takes up to max set transports off the bitmap, returns how many. One relaxed load when nothing is set.
unsigned dirty_take(struct dirty_bitmap *dirty, uint32_t *ret_transports, unsigned max);
