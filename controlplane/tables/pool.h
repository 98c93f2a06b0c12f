// SPDX-License-Identifier: Apache-2.0
// Free indexes of one table, oldest first: an index that was just freed is the last to be used again.
#pragma once

#include <stdint.h>

struct pool {
    uint32_t *indexes;
    uint32_t capacity, first, count;
};

// Empty: pool_put adds what is free. 0 or -ENOMEM.
int pool_create(struct pool *pool, uint32_t capacity);
void pool_destroy(struct pool *pool);

void pool_put(struct pool *pool, uint32_t index);
// 0, or -ENOSPC.
int pool_take(struct pool *pool, uint32_t *ret_index);
