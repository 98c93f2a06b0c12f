// SPDX-License-Identifier: Apache-2.0
#include "release.h"

#include <string.h>

static uint64_t hash_names(uint64_t hash, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (const char *at = names[i]; at; at = *at ? at + 1 : NULL) // with the NUL: "ab", "c" are not "a", "bc"
            hash = (hash ^ (uint8_t)*at) * 0x100000001b3ULL;
    return hash;
}

static uint64_t own_names(void)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    hash = hash_names(hash, create_kind_names, CREATE_KINDS);
    hash = hash_names(hash, consume_kind_names, CONSUME_KINDS);
    hash = hash_names(hash, drop_reason_names, DROP_REASONS);
    hash = hash_names(hash, pool_kind_names, POOL_KINDS);
    return hash_names(hash, nack_outcome_names, NACK_OUTCOMES);
}

static void begin_counting(struct worker_state *state)
{
    atomic_store(&state->received, 0);
    atomic_store(&state->sent, 0);
    atomic_store(&state->received_bytes, 0);
    atomic_store(&state->sent_bytes, 0);
    memset(state->created, 0, sizeof(state->created));
    memset(state->consumed, 0, sizeof(state->consumed));
    memset(state->dropped, 0, sizeof(state->dropped));
    memset(state->nacked, 0, sizeof(state->nacked));
    memset(state->ran_dry, 0, sizeof(state->ran_dry));
    memset(state->nodes, 0, sizeof(state->nodes));
}

static void sign_revision(struct segment_header *header)
{
    if (atomic_load(&header->revision) < TABLES_REVISION)
        atomic_store(&header->revision, TABLES_REVISION);
}

void release_sign(struct tables *tables)
{
    if (tables->role == TABLES_SUPERVISE)
        return;
    sign_revision(tables->segments[SEGMENT_RINGS]);
    sign_revision(tables->segments[tables->role == TABLES_CONTROL ? SEGMENT_INTENT : SEGMENT_STATE]);
    if (tables->role == TABLES_CONTROL || release_knows_counters(tables))
        return;
    for (uint32_t i = 0; i < tables->limits.workers; i++)
        begin_counting(tables_worker_state(tables, i));
    atomic_store(&tables->segments[SEGMENT_STATE]->counter_names, own_names());
}

bool release_knows_counters(const struct tables *tables)
{
    uint64_t names = atomic_load(&tables->segments[SEGMENT_STATE]->counter_names);
    return names == own_names() || names == 0; // 0: nobody has counted yet
}
