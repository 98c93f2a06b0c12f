// SPDX-License-Identifier: Apache-2.0
#include "dirty.h"

#include <assert.h>

void dirty_set(struct dirty_bitmap *dirty, uint32_t transport)
{
    assert(transport < TABLES_MAX_TRANSPORTS);
    uint32_t word = transport / 64, middle = word / 64;
    // From the bottom up, so that whoever sees a summary bit finds the bit below it.
    atomic_fetch_or_explicit(&dirty->bits[word], 1ULL << (transport % 64), memory_order_release);
    atomic_fetch_or_explicit(&dirty->middle[middle], 1ULL << (word % 64), memory_order_release);
    atomic_fetch_or_explicit(&dirty->summary, 1ULL << middle, memory_order_release);
}

void dirty_set_shard(struct dirty_bitmap *dirty, uint32_t shard)
{
    assert(shard < TABLES_MAX_SHARDS);
    atomic_fetch_or_explicit(&dirty->shards[shard / 64], 1ULL << (shard % 64), memory_order_release);
}

static unsigned take_word(struct dirty_bitmap *dirty, uint32_t word, uint32_t *ret_transports, unsigned max)
{
    uint64_t bits = atomic_exchange_explicit(&dirty->bits[word], 0, memory_order_acquire);
    unsigned count = 0;
    for (; bits && count < max; bits &= bits - 1)
        ret_transports[count++] = word * 64 + (uint32_t)__builtin_ctzll(bits);
    for (; bits; bits &= bits - 1) // no room: back, for the next call
        dirty_set(dirty, word * 64 + (uint32_t)__builtin_ctzll(bits));
    return count;
}

static unsigned take_middle(struct dirty_bitmap *dirty, uint32_t middle, uint32_t *ret_transports, unsigned max)
{
    unsigned count = 0;
    // A writer that sets bits for ever does not hold this worker: what is left is for the next walk.
    for (unsigned looks = 0; looks < 64 && count < max; looks++) {
        uint64_t words = atomic_load_explicit(&dirty->middle[middle], memory_order_relaxed);
        if (!words)
            break;
        uint32_t word = (uint32_t)__builtin_ctzll(words);
        atomic_fetch_and_explicit(&dirty->middle[middle], ~(1ULL << word), memory_order_acquire);
        count += take_word(dirty, middle * 64 + word, ret_transports + count, max - count);
    }
    return count;
}

unsigned dirty_take(struct dirty_bitmap *dirty, uint32_t *ret_transports, unsigned max)
{
    if (atomic_load_explicit(&dirty->summary, memory_order_relaxed) == 0)
        return 0;
    uint64_t summary = atomic_exchange_explicit(&dirty->summary, 0, memory_order_acquire);
    unsigned count = 0;
    for (; summary && count < max; summary &= summary - 1) {
        uint32_t middle = (uint32_t)__builtin_ctzll(summary);
        count += take_middle(dirty, middle, ret_transports + count, max - count);
        if (atomic_load_explicit(&dirty->middle[middle], memory_order_relaxed))
            atomic_fetch_or_explicit(&dirty->summary, 1ULL << middle, memory_order_release);
    }
    if (summary)
        atomic_fetch_or_explicit(&dirty->summary, summary, memory_order_release);
    return count;
}
