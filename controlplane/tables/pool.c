// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int pool_create(struct pool *pool, uint32_t capacity)
{
    *pool = (struct pool){.indexes = malloc(sizeof(uint32_t) * (capacity ? capacity : 1)), .capacity = capacity};
    return pool->indexes ? 0 : -ENOMEM;
}

void pool_destroy(struct pool *pool)
{
    free(pool->indexes);
    *pool = (struct pool){0};
}

void pool_put(struct pool *pool, uint32_t index)
{
    assert(pool->count < pool->capacity);
    pool->indexes[pool->count++] = index;
}

int pool_take(struct pool *pool, uint32_t *ret_index)
{
    if (pool->count == 0)
        return -ENOSPC;
    *ret_index = pool->indexes[--pool->count];
    return 0;
}
