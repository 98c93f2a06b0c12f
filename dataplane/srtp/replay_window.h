// SPDX-License-Identifier: Apache-2.0
// RFC 3711 3.3.2: the replay window, for RTP's 48-bit and SRTCP's 31-bit index.
//
// It lives in shared memory and its writer may be killed between any two instructions. So each word carries the number
// of the block of 32 indexes that it speaks of: nothing is ever cleared ahead, and one 64-bit store takes an index.
// `next` follows it; a writer that dies in between leaves an index that is taken though it lies above `next`.
#pragma once
#include "packet_index.h"
#include <stdatomic.h>
#include <stdint.h>

#define SRTP_REPLAY_WORDS  7
#define SRTP_REPLAY_BLOCK  32
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

// Before authentication: 0 = never seen, -EALREADY = seen, -ESTALE = older than the window. Changes nothing.
int srtp_replay_check(const struct srtp_replay_window *window, uint64_t index);

// After authentication: takes the index. The same results as the check, which is repeated: a copy of the packet may
// have stood in the same burst; unless 0 is returned the packet must be dropped.
int srtp_replay_commit(struct srtp_replay_window *window, uint64_t index);
