// SPDX-License-Identifier: Apache-2.0
#include "replay_window.h"
#include <errno.h>

#define BITS UINT64_C(0xffffffff)

static uint32_t block_of(uint64_t index)
{
    return (uint32_t)(index / SRTP_REPLAY_BLOCK); // 43 bits cut to 32: compared in serial arithmetic
}

// What the index's word says: its bits when it speaks of the index's block; none when it still speaks of an older one.
static int read_bits(uint64_t word, uint64_t index, uint64_t *ret_bits)
{
    if (word == 0) { // never written: a commit sets a bit
        *ret_bits = 0;
        return 0;
    }
    int32_t age = (int32_t)(block_of(index) - (uint32_t)(word >> 32));
    if (age < 0)
        return -ESTALE; // a newer block took the word, also when its writer died before it moved `next`
    *ret_bits = age == 0 ? word & BITS : 0;
    return *ret_bits >> (index % SRTP_REPLAY_BLOCK) & 1 ? -EALREADY : 0;
}

static int check(uint64_t next, uint64_t word, uint64_t index, uint64_t *ret_bits)
{
    if (index + SRTP_REPLAY_WINDOW < next)
        return -ESTALE;
    return read_bits(word, index, ret_bits);
}

static unsigned slot_of(uint64_t index)
{
    return (unsigned)(index / SRTP_REPLAY_BLOCK % SRTP_REPLAY_WORDS);
}

int srtp_replay_check(const struct srtp_replay_window *window, uint64_t index)
{
    uint64_t bits;
    return check(atomic_load_explicit(&window->next, memory_order_relaxed),
                 atomic_load_explicit(&window->words[slot_of(index)], memory_order_relaxed), index, &bits);
}

int srtp_replay_commit(struct srtp_replay_window *window, uint64_t index)
{
    uint64_t next = atomic_load_explicit(&window->next, memory_order_relaxed);
    _Atomic uint64_t *word = &window->words[slot_of(index)];
    uint64_t bits;
    int error = check(next, atomic_load_explicit(word, memory_order_relaxed), index, &bits);
    if (error != 0)
        return error;
    bits |= UINT64_C(1) << (index % SRTP_REPLAY_BLOCK);
    atomic_store_explicit(word, (uint64_t)block_of(index) << 32 | bits, memory_order_relaxed);
    if (index >= next)
        atomic_store_explicit(&window->next, index + 1, memory_order_release); // never before the word
    return 0;
}
