// SPDX-License-Identifier: Apache-2.0
// Who has an entry. The tables say whose it should be, but a broken naru-control may tell two workers, or two
// transports, the same: an entry is used by whom it belongs to here, and nobody else gets it before that one lets it
// go.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CLAIM_NOBODY     0u
#define CLAIM_ON_ITS_WAY UINT32_MAX // from one worker to the next

// One word an entry. Of a transport: the worker and 1; of a stream or a route: the transport and 1, which has one
// worker.
typedef _Atomic uint32_t claim;

// Whether it is the claimant's now, or was so before.
static inline bool claim_take(claim *held, uint32_t claimant)
{
    uint32_t nobody = CLAIM_NOBODY;
    return atomic_load_explicit(held, memory_order_relaxed) == claimant + 1 ||
           atomic_compare_exchange_strong_explicit(held, &nobody, claimant + 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

// By whose it is, after its last use.
static inline void claim_give(claim *held)
{
    atomic_store_explicit(held, CLAIM_NOBODY, memory_order_release);
}

static inline bool claim_is_of(claim *held, uint32_t claimant)
{
    return atomic_load_explicit(held, memory_order_relaxed) == claimant + 1;
}
