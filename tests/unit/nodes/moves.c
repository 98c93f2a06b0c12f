// SPDX-License-Identifier: Apache-2.0
#include "moves.h"

static struct shard_intent shard_now(uint32_t shard)
{
    struct shard_intent intent = {.generation = 1, .worker = shard % GATEWAY_WORKERS};
    record_read(&tables_shard(&gateway.control, shard)->head, &intent, sizeof(intent));
    return intent;
}

void move_order(uint32_t shard, uint32_t worker)
{
    struct shard_intent intent = shard_now(shard);
    intent.worker = worker;
    intent.moves++;
    record_publish(&tables_shard(&gateway.control, shard)->head, &intent, sizeof(intent));
    for (unsigned i = 0; i < GATEWAY_WORKERS; i++)
        dirty_set_shard(tables_dirty(&gateway.control, i), shard);
}

bool move_has_ended(uint32_t shard)
{
    struct worker_state *owner = tables_worker_state(&gateway.control, shard_now(shard).worker);
    return atomic_load(&owner->shards[shard / 64]) >> shard % 64 & 1;
}

unsigned move_owners(uint32_t shard)
{
    unsigned count = 0;
    for (unsigned i = 0; i < GATEWAY_WORKERS; i++)
        count += gateway.workers[i]->shards.phase[shard] == SHARD_OWNED ||
                 gateway.workers[i]->shards.phase[shard] == SHARD_LEAVING;
    return count;
}
