// SPDX-License-Identifier: Apache-2.0
// Remote addresses that have a flow, as counters under a hash: "no" is certain, "perhaps" is not. What a worker drops
// under a flood before it computes anything is decided by it. Writer: the worker.
#pragma once

#include "address.h"

#include <nmmintrin.h>
#include <stdbool.h>
#include <string.h>

struct known_sources {
    uint64_t mask;
    uint8_t counts[]; // at 255 one stays there
};

// For so many flows; most of the counters stay 0. NULL: no memory.
struct known_sources *known_sources_create(uint32_t flows);
void known_sources_free(struct known_sources *sources);

void known_sources_add(struct known_sources *sources, const struct transport_address *remote);
void known_sources_remove(struct known_sources *sources, const struct transport_address *remote);

static inline uint64_t known_sources_place(const struct known_sources *sources, const struct transport_address *remote)
{
    uint64_t ip[2];
    memcpy(ip, remote->ip, sizeof(ip));
    uint64_t hash = _mm_crc32_u64(_mm_crc32_u64(remote->port, ip[0]), ip[1]);
    return (hash ^ hash >> 15) & sources->mask;
}

static inline bool known_sources_has(const struct known_sources *sources, const struct transport_address *remote)
{
    return sources->counts[known_sources_place(sources, remote)] != 0;
}
