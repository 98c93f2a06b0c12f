// SPDX-License-Identifier: Apache-2.0
// RFC 3711 3.3.2: the replay window, for RTP's 48-bit and SRTCP's 31-bit index.
//
// It lives in shared memory and its writer may be killed between any two instructions. So each word carries the number
// of the block of 32 indexes that it speaks of: nothing is ever cleared ahead, and one 64-bit store takes an index.
// `next` follows it; a writer that dies in between leaves an index that is taken though it lies above `next`.
#pragma once
#include "packet_index.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

#define SRTP_REPLAY_WORDS  7
#define SRTP_REPLAY_BLOCK  32
#define SRTP_REPLAY_BITS   UINT64_C(0xffffffff) // of a word
#define SRTP_REPLAY_WINDOW ((SRTP_REPLAY_WORDS - 1) * SRTP_REPLAY_BLOCK)

// One line, one writer; all zero = nothing was received. Other processes may read `next`.
struct srtp_replay_window {
    _Atomic uint64_t next;                     // highest authenticated index + 1; 0: none
    _Atomic uint64_t words[SRTP_REPLAY_WORDS]; // block number << 32 | one bit per index
};
_Static_assert(sizeof(struct srtp_replay_window) == 64, "the replay window fills one line");
_Static_assert(SRTP_REPLAY_WINDOW >= 128, "reordering by relays and RTX needs at least 128");

static inline uint64_t srtp_replay_highest(const struct srtp_replay_window *window)
{
    return atomic_load_explicit(&window->next, memory_order_relaxed) - 1; // SRTP_INDEX_NONE when next is 0
}

static inline uint32_t srtp_replay_block(uint64_t index)
{
    return (uint32_t)(index / SRTP_REPLAY_BLOCK); // 43 bits cut to 32: compared in serial arithmetic
}

// What the index's word says: its bits when it speaks of the index's block; none when it still speaks of an older one.
static inline int srtp_replay_read_bits(uint64_t word, uint64_t index, uint64_t *ret_bits)
{
    if (word == 0) { // never written: a commit sets a bit
        *ret_bits = 0;
        return 0;
    }
    int32_t age = (int32_t)(srtp_replay_block(index) - (uint32_t)(word >> 32));
    if (age < 0)
        return -ESTALE; // a newer block took the word, also when its writer died before it moved `next`
    *ret_bits = age == 0 ? word & SRTP_REPLAY_BITS : 0;
    return *ret_bits >> (index % SRTP_REPLAY_BLOCK) & 1 ? -EALREADY : 0;
}

static inline int srtp_replay_look(uint64_t next, uint64_t word, uint64_t index, uint64_t *ret_bits)
{
    if (index + SRTP_REPLAY_WINDOW < next)
        return -ESTALE;
    return srtp_replay_read_bits(word, index, ret_bits);
}

static inline unsigned srtp_replay_slot(uint64_t index)
{
    return (unsigned)(index / SRTP_REPLAY_BLOCK % SRTP_REPLAY_WORDS);
}

// Before authentication: 0 = never seen, -EALREADY = seen, -ESTALE = older than the window. Changes nothing.
static inline int srtp_replay_check(const struct srtp_replay_window *window, uint64_t index)
{
    uint64_t bits;
    return srtp_replay_look(atomic_load_explicit(&window->next, memory_order_relaxed),
                            atomic_load_explicit(&window->words[srtp_replay_slot(index)], memory_order_relaxed), index,
                            &bits);
}

// After authentication: takes the index. The same results as the check, which is repeated: a copy of the packet may
// have stood in the same burst; unless 0 is returned the packet must be dropped.
static inline int srtp_replay_commit(struct srtp_replay_window *window, uint64_t index)
{
    uint64_t next = atomic_load_explicit(&window->next, memory_order_relaxed);
    _Atomic uint64_t *word = &window->words[srtp_replay_slot(index)];
    uint64_t bits;
    int error = srtp_replay_look(next, atomic_load_explicit(word, memory_order_relaxed), index, &bits);
    if (error != 0)
        return error;
    bits |= UINT64_C(1) << (index % SRTP_REPLAY_BLOCK);
    atomic_store_explicit(word, (uint64_t)srtp_replay_block(index) << 32 | bits, memory_order_relaxed);
    if (index >= next)
        atomic_store_explicit(&window->next, index + 1, memory_order_release); // never before the word
    return 0;
}
