// SPDX-License-Identifier: Apache-2.0
// What a shard that moves has in common with others: streams that are heard in other shards, and receivers of streams
// of other shards. The old owner takes both apart before it lets go, the new one puts them together again.
#pragma once

#include "worker.h"

// The stream of this worker whose receivers these are. NULL: they are of a mirror, or gone.
const struct stream_entry *rooms_stream_of(const struct worker *worker, const struct audience *audience);

// The old owner, for each transport of the shard: only receivers and streams of the same shard stay together.
void rooms_part(struct worker *worker, struct transport_entry *transport);

// Whether plaintexts that the old owner handed over still go to receivers here.
bool rooms_are_busy(const struct worker *worker, uint32_t shard, unsigned from);

// The new owner, when it has all transports of the shard: who heard its streams from here and from elsewhere.
void rooms_join(struct worker *worker, uint32_t shard);
