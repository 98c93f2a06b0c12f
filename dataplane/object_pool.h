// SPDX-License-Identifier: Apache-2.0
// Objects of one size that a worker installs and removes. DPDK's heap searches a list that grows with what it holds:
// with thousands of sessions one call takes milliseconds, during which no packet moves. So memory comes in large
// pieces, is cut up here, and stays with the worker.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct object_pool {
    size_t size;          // of an object, a multiple of a cache line
    void *free;           // a chain of objects that were given back
    uint8_t *fresh, *end; // what is left of the newest piece
    struct piece *pieces;
};

// No memory is taken yet.
void object_pool_open(struct object_pool *pool, size_t object_size);
void object_pool_close(struct object_pool *pool);

// All zero, on a cache line. NULL: no memory.
void *object_pool_take(struct object_pool *pool);
// NULL is allowed. Secrets are wiped by the caller.
void object_pool_give(struct object_pool *pool, void *object);
