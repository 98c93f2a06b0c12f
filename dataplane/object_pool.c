// SPDX-License-Identifier: Apache-2.0
#include "object_pool.h"

#include <rte_common.h>
#include <rte_malloc.h>
#include <string.h>

#define PIECE_BYTES (256u << 10)

struct piece {
    _Alignas(RTE_CACHE_LINE_SIZE) struct piece *next;
};

void object_pool_open(struct object_pool *pool, size_t object_size)
{
    *pool = (struct object_pool){.size = RTE_ALIGN(object_size, RTE_CACHE_LINE_SIZE)};
}

void object_pool_close(struct object_pool *pool)
{
    for (struct piece *piece = pool->pieces, *next; piece; piece = next) {
        next = piece->next;
        rte_free(piece);
    }
    object_pool_open(pool, pool->size);
}

static int add_piece(struct object_pool *pool)
{
    size_t size = sizeof(struct piece) + RTE_MAX(PIECE_BYTES / pool->size, 1u) * pool->size;
    struct piece *piece = rte_malloc("objects", size, RTE_CACHE_LINE_SIZE);
    if (!piece)
        return -1;
    piece->next = pool->pieces;
    pool->pieces = piece;
    pool->fresh = (uint8_t *)(piece + 1);
    pool->end = (uint8_t *)piece + size;
    return 0;
}

void *object_pool_take(struct object_pool *pool)
{
    void *object = pool->free;
    if (object) {
        memcpy(&pool->free, object, sizeof(pool->free));
    } else {
        if (pool->fresh == pool->end && add_piece(pool))
            return NULL;
        object = pool->fresh;
        pool->fresh += pool->size;
    }
    return memset(object, 0, pool->size);
}

void object_pool_give(struct object_pool *pool, void *object)
{
    if (!object)
        return;
    memcpy(object, &pool->free, sizeof(pool->free));
    pool->free = object;
}
