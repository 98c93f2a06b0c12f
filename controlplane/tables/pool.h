// SPDX-License-Identifier: Apache-2.0
// Free indexes of one table. The one that was freed last is used first: few pages stay warm, however many are spare.
// What still names an old use of an index is told apart by the generation.
#pragma once

#include <stdint.h>

struct pool {
    uint32_t *indexes;
    uint32_t capacity, count;
};

// Empty: pool_put adds what is free. 0 or -ENOMEM.
int pool_create(struct pool *pool, uint32_t capacity);
void pool_destroy(struct pool *pool);

void pool_put(struct pool *pool, uint32_t index);
// 0, or -ENOSPC.
int pool_take(struct pool *pool, uint32_t *ret_index);
