// SPDX-License-Identifier: Apache-2.0
// The five-tuples that media came on lately, one line of memory each: a direct answer for nearly every packet. The
// worker's rte_hash keeps the truth and is asked when this does not know.
#pragma once

#include "address.h"

#include <rte_prefetch.h>
#include <stdint.h>

struct flow_tuple {
    uint64_t words[5]; // remote and local IP as on the wire, both UDP ports, family
};

struct flow_slot {
    _Alignas(64) struct flow_tuple tuple;
    uint64_t value; // FLOW_VALUE; 0 in `valid`: empty
    uint32_t valid;
};

struct flow_cache {
    struct flow_slot *slots; // a power of two
    uint32_t mask;
    uint64_t seed;
};

// The addresses stand side by side in the packet, source first; `ports` are the four bytes behind, or of the UDP
// header.
static inline void flow_tuple_ipv4(const uint8_t *addresses, uint32_t ports, struct flow_tuple *ret_tuple)
{
    memcpy(&ret_tuple->words[0], addresses, 8);
    ret_tuple->words[1] = ret_tuple->words[2] = ret_tuple->words[3] = 0;
    ret_tuple->words[4] = ports | 4ULL << 32;
}

static inline void flow_tuple_ipv6(const uint8_t *addresses, uint32_t ports, struct flow_tuple *ret_tuple)
{
    memcpy(&ret_tuple->words[0], addresses, 32);
    ret_tuple->words[4] = ports | 6ULL << 32;
}

// The first of the two slots where the tuple may stand; the other is its neighbour.
static inline uint32_t flow_cache_home(const struct flow_cache *cache, const struct flow_tuple *tuple)
{
    const uint64_t *w = tuple->words;
    uint64_t mixed = (w[0] ^ cache->seed) * 0x9e3779b97f4a7c15ULL;
    mixed ^= (w[1] ^ w[3] << 1) * 0xbf58476d1ce4e5b9ULL + w[2];
    mixed = (mixed ^ mixed >> 32 ^ w[4]) * 0x94d049bb133111ebULL;
    return (uint32_t)(mixed >> 32) & cache->mask;
}

static inline void flow_cache_prefetch(const struct flow_cache *cache, uint32_t home)
{
    rte_prefetch0(&cache->slots[home]);
}

static inline int flow_slot_holds(const struct flow_slot *slot, const struct flow_tuple *tuple)
{
    const uint64_t *a = slot->tuple.words, *b = tuple->words;
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4])) == 0 && slot->valid;
}

// NULL: not known here.
static inline struct flow_slot *flow_cache_find(const struct flow_cache *cache, const struct flow_tuple *tuple,
                                                uint32_t home)
{
    struct flow_slot *slot = &cache->slots[home];
    if (flow_slot_holds(slot, tuple))
        return slot;
    slot = &cache->slots[home ^ 1];
    return flow_slot_holds(slot, tuple) ? slot : NULL;
}

// For that many flows. 0 or -ENOMEM.
int flow_cache_create(uint32_t flows, uint64_t seed, struct flow_cache *ret_cache);
void flow_cache_free(struct flow_cache *cache);

// Takes the place of an older one where both are taken.
void flow_cache_add(struct flow_cache *cache, const struct flow_tuple *tuple, uint64_t value);

// The five-tuple belongs to nobody, or to another, from now on.
void flow_cache_remove(struct flow_cache *cache, const struct transport_address *remote,
                       const struct transport_address *local);
