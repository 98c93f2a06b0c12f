// SPDX-License-Identifier: Apache-2.0
// Which shards are a worker's own, and which are on their way from or to it.
#pragma once

#include "layout.h"

// Whose entries a shard's are: the owner's alone, also while it leaves.
enum shard_phase { SHARD_ELSEWHERE, SHARD_OWNED, SHARD_LEAVING, SHARD_ARRIVING };

struct shards {
    uint8_t phase[TABLES_MAX_SHARDS];  // enum shard_phase
    uint32_t moves[TABLES_MAX_SHARDS]; // of the intent
    unsigned leaving, arriving;
};
