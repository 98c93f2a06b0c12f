// SPDX-License-Identifier: Apache-2.0
// What naru-control writes to move a shard, and what it reads of the move.
#pragma once

#include "gateway.h"

void move_order(uint32_t shard, uint32_t worker);
bool move_has_ended(uint32_t shard);
// Workers that may touch the shard's entries.
unsigned move_owners(uint32_t shard);
