// SPDX-License-Identifier: Apache-2.0
// object_pool: proves that objects come zeroed and apart from each other, that what was given back is used again, and
// that the heap is asked for pieces, not for objects.
#include "object_pool.h"

#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <rte_common.h>
#include <rte_malloc.h>
#include <string.h>

#define OBJECTS 1000
#define SIZE    1000

static size_t heap_allocations(void)
{
    struct rte_malloc_socket_stats stats;
    CU_ASSERT_EQUAL_FATAL(rte_malloc_get_socket_stats(0, &stats), 0);
    return stats.alloc_count;
}

static bool is_zero(const uint8_t *object)
{
    for (unsigned i = 0; i < SIZE; i++)
        if (object[i])
            return false;
    return true;
}

static void objects_are_zeroed_and_apart(void)
{
    static uint8_t *objects[OBJECTS];
    struct object_pool pool;
    object_pool_open(&pool, SIZE);
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = object_pool_take(&pool);
        CU_ASSERT_FATAL(objects[i] && is_zero(objects[i]) && (uintptr_t)objects[i] % RTE_CACHE_LINE_SIZE == 0);
        memset(objects[i], (int)(i % 255) + 1, SIZE);
    }
    for (unsigned i = 0; i < OBJECTS; i++)
        CU_ASSERT(objects[i][0] == i % 255 + 1 && objects[i][SIZE - 1] == i % 255 + 1);
    object_pool_close(&pool);
}

static void the_heap_is_asked_for_pieces(void)
{
    size_t before = heap_allocations();
    struct object_pool pool;
    object_pool_open(&pool, SIZE);
    for (unsigned i = 0; i < OBJECTS; i++)
        (void)object_pool_take(&pool);
    CU_ASSERT(heap_allocations() - before < OBJECTS / 100);
    object_pool_close(&pool);
    CU_ASSERT_EQUAL(heap_allocations(), before);
}

static void what_was_given_back_is_used_again(void)
{
    struct object_pool pool;
    object_pool_open(&pool, SIZE);
    uint8_t *first = object_pool_take(&pool), *second = object_pool_take(&pool);
    memset(first, 7, SIZE);
    object_pool_give(&pool, NULL);
    object_pool_give(&pool, first);
    object_pool_give(&pool, second);
    CU_ASSERT_PTR_EQUAL(object_pool_take(&pool), second);
    CU_ASSERT_PTR_EQUAL(object_pool_take(&pool), first);
    CU_ASSERT(is_zero(first));
    object_pool_close(&pool);
}

void object_pool_suite(void)
{
    CU_pSuite suite = CU_add_suite("object_pool", NULL, NULL);
    CU_ADD_TEST(suite, objects_are_zeroed_and_apart);
    CU_ADD_TEST(suite, the_heap_is_asked_for_pieces);
    CU_ADD_TEST(suite, what_was_given_back_is_used_again);
}
