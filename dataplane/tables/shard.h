// SPDX-License-Identifier: Apache-2.0
// Shards: which worker serves which aligned block of UDP ports.
#pragma once

#include "layout.h"
#include "record.h"

struct shard_intent {
    uint32_t generation; // 0: no such shard
    uint32_t worker;     // index of the worker that owns all state of this shard's rooms
    uint32_t draining;   // 1: takes no new rooms
    uint32_t moves;      // how often it went from one worker to another
    TABLES_SPARE(16);
};

// Writer: naru-control.
struct shard_intent_record {
    struct record_head head;
    _Alignas(TABLES_CACHE_LINE) struct shard_intent slots[2];
};

// The ICE port of a shard is the first of its block; the others serve plain RTP and TURN relays.
static inline uint16_t shard_ice_port(const struct tables_limits *limits, uint32_t shard)
{
    return (uint16_t)(limits->first_port + shard * limits->ports_per_shard);
}

// The shard that owns a UDP port, or limits->shards when none does.
static inline uint32_t shard_of_port(const struct tables_limits *limits, uint16_t port)
{
    uint32_t shard = (port - limits->first_port) / limits->ports_per_shard;
    return port >= limits->first_port && shard < limits->shards ? shard : limits->shards;
}
