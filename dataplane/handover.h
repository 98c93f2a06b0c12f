// SPDX-License-Identifier: Apache-2.0
// A shard goes to another worker under media. The old owner lets nothing new in, works off what it has, and gives its
// entries up as they are; only then does the new one take them. In between packets wait in the new owner's ring.
#pragma once

#include "worker.h"

// At start: every worker goes by one reading of the shard table. Before the workers walk, then by each for itself.
void handover_begin(struct worker *worker);

// The table says something new of the shard.
void handover_follow(struct worker *worker, uint32_t shard);

// Once a walk, before the graph: goes on with shards that leave or arrive.
void handover_advance(struct worker *worker);

// Whether a change of this transport is put off until its shard has arrived, or passed on to where that is.
bool handover_defers(struct worker *worker, uint32_t shard, uint32_t transport);
