// SPDX-License-Identifier: Apache-2.0
// Where sessions are, and where new ones go: to the shard whose worker has the most to spare, and to no worker that is
// busier than limits.worker-load.
#pragma once

#include "gateway.h"
#include "segment.h"

struct control;

#define PLACEMENT_EXPECTED 3000000000ULL // ns: a set-up that is older hardly ever comes up

struct placement {
    uint32_t sessions[TABLES_MAX_SHARDS]; // that are live
    uint32_t setups[TABLES_MAX_SHARDS];   // of these, whose media is still expected
    uint32_t failing;                     // thousandths of the last set-ups, some tens, that did not come up
    bool is_overloaded[TABLES_MAX_WORKERS];
};

// So many more, or less, on the shard.
void placement_count(struct control *control, uint32_t shard, int sessions, int setups);

// What became of a set-up.
void placement_learn(struct control *control, bool came_up);

// As the worker tells of its last second, in thousandths of its cycles.
uint32_t placement_load(const struct control *control, uint32_t worker);

// The same once what is being set up has media: what limits.worker-load is held against. At most twice the load, and
// as far as set-ups come up at all: who begins many and completes none keeps nobody else out.
uint32_t placement_load_expected(const struct control *control, uint32_t worker);

// Looks at its expected load: above the limit, and until an eighth below it, the worker takes no sessions.
bool placement_is_overloaded(struct control *control, uint32_t worker);

// A shard for a new room. -EBUSY: none, and why.
int placement_pick(struct control *control, uint32_t *ret_shard, enum gateway_refusal *ret_why);
