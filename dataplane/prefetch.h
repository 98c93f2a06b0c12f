// SPDX-License-Identifier: Apache-2.0
// What a burst will touch, asked for before it is worked on: with many sessions their lines are in no near cache. Into
// the second level: a burst's lines are more than the first holds.
#pragma once

#include "install.h"

#include <rte_prefetch.h>

static inline void prefetch_lines(const void *from, size_t size)
{
    for (const char *line = from, *end = line + size; line < end; line += RTE_CACHE_LINE_SIZE)
        rte_prefetch1(line);
}

#define PREFETCH_ROUND_KEYS 320 // of struct srtp_keys: salt, HMAC states or GCM's round keys

// The powers of GCM's hash key stand at the end, the lowest last: a packet needs one per block.
static inline void prefetch_keys(const struct worker *worker, const struct transport_entry *transport,
                                 enum entry_key which, uint32_t payload)
{
    const char *keys = (const char *)transport_key(worker, transport, which);
    size_t size = transport_key_size(worker, transport->suite),
           blocks = RTE_MIN(payload + 64, size - PREFETCH_ROUND_KEYS);
    if (transport->suite < SRTP_SUITE_AEAD_AES_128_GCM) {
        prefetch_lines(keys, RTE_MIN(size, 256u));
        return;
    }
    prefetch_lines(keys, PREFETCH_ROUND_KEYS);
    prefetch_lines(keys + size - RTE_ALIGN(blocks, RTE_CACHE_LINE_SIZE), blocks);
}
