// SPDX-License-Identifier: Apache-2.0
// Proves: a change notice is never lost and never delivered for what did not change.
#include "dirty.h"

#include <CUnit/CUnit.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tables_suites.h"

#define SETTERS    2
#define PER_SETTER 512
#define ROUNDS     200

static struct dirty_bitmap dirty;

static void clear(void)
{
    memset(&dirty, 0, sizeof(dirty));
}

static void nothing_set_takes_nothing(void)
{
    uint32_t taken[4];
    clear();
    CU_ASSERT_EQUAL(dirty_take(&dirty, taken, 4), 0);
}

// Borders of words (64), of the middle level (64 * 64), and of the table.
static void each_index_comes_back_once(void)
{
    static const uint32_t rows[] = {0, 1, 63, 64, 4095, 4096, 4097, 65535, 131072, TABLES_MAX_TRANSPORTS - 1};
    uint32_t taken[4];
    clear();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        dirty_set(&dirty, rows[i]);
        dirty_set(&dirty, rows[i]); // setting one twice is one notice
        CU_ASSERT_EQUAL(dirty_take(&dirty, taken, 4), 1);
        CU_ASSERT_EQUAL(taken[0], rows[i]);
        CU_ASSERT_EQUAL(dirty_take(&dirty, taken, 4), 0);
    }
}

static void at_most_max_are_taken_and_the_rest_stays(void)
{
    static const struct {
        uint32_t count, step; // indices 0, step, 2 * step ...
        unsigned max;
    } rows[] = {{100, 1, 16}, {64, 64, 7}, {60, 4096, 1}, {3000, 37, 64}, {16, 1, 16}, {17, 5000, 16}};
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        static uint8_t seen[TABLES_MAX_TRANSPORTS];
        uint32_t taken[64], total = 0;
        memset(seen, 0, sizeof(seen));
        clear();
        for (uint32_t i = 0; i < rows[row].count; i++)
            dirty_set(&dirty, i * rows[row].step);
        for (unsigned count; (count = dirty_take(&dirty, taken, rows[row].max)) > 0; total += count) {
            CU_ASSERT_FATAL(count <= rows[row].max);
            for (unsigned i = 0; i < count; i++)
                CU_ASSERT(taken[i] % rows[row].step == 0 && !seen[taken[i]]++);
        }
        CU_ASSERT_EQUAL(total, rows[row].count);
    }
}

static void all_indexes_at_once_do_not_overflow_it(void)
{
    uint32_t taken[64];
    uint64_t sum = 0, count = 0;
    clear();
    for (uint32_t i = 0; i < TABLES_MAX_TRANSPORTS; i++)
        dirty_set(&dirty, i);
    for (unsigned now; (now = dirty_take(&dirty, taken, 64)) > 0; count += now)
        for (unsigned i = 0; i < now; i++)
            sum += taken[i];
    CU_ASSERT_EQUAL(count, TABLES_MAX_TRANSPORTS);
    CU_ASSERT_EQUAL(sum, (uint64_t)TABLES_MAX_TRANSPORTS * (TABLES_MAX_TRANSPORTS - 1) / 2);
}

static void taking_none_loses_none(void)
{
    uint32_t taken[2];
    clear();
    dirty_set(&dirty, 5);
    CU_ASSERT_EQUAL(dirty_take(&dirty, taken, 0), 0);
    CU_ASSERT_EQUAL(dirty_take(&dirty, taken, 2), 1);
}

static void shards_have_bits_of_their_own(void)
{
    clear();
    dirty_set_shard(&dirty, 0);
    dirty_set_shard(&dirty, TABLES_MAX_SHARDS - 1);
    CU_ASSERT_EQUAL(dirty.shards[0], 1);
    CU_ASSERT_EQUAL(dirty.shards[TABLES_MAX_SHARDS / 64 - 1], 1ULL << 63);
    CU_ASSERT_EQUAL(dirty.summary, 0);
}

// What "published" means here: a value per index that only rises; the notice follows it.
static _Atomic uint32_t published[SETTERS * PER_SETTER];
static uint32_t seen[SETTERS * PER_SETTER];
static _Atomic int running;

static void *set_all(void *argument)
{
    uint32_t first = (uint32_t)(uintptr_t)argument * PER_SETTER;
    for (uint32_t round = 1; round <= ROUNDS; round++)
        for (uint32_t i = first; i < first + PER_SETTER; i++) {
            atomic_store_explicit(&published[i], round, memory_order_relaxed);
            dirty_set(&dirty, i * 67); // scattered over words and middles
        }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static unsigned take_some(void)
{
    uint32_t taken[5];
    unsigned count = dirty_take(&dirty, taken, 5);
    for (unsigned i = 0; i < count; i++)
        seen[taken[i] / 67] = atomic_load_explicit(&published[taken[i] / 67], memory_order_relaxed);
    return count;
}

static void no_notice_is_lost_between_setters_and_taker(void)
{
    pthread_t setters[SETTERS];
    unsigned stale = 0;
    clear();
    atomic_store(&running, SETTERS);
    for (uintptr_t i = 0; i < SETTERS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&setters[i], NULL, set_all, (void *)i), 0);
    while (atomic_load(&running))
        take_some();
    for (unsigned i = 0; i < SETTERS; i++)
        pthread_join(setters[i], NULL);
    while (take_some())
        ;
    for (unsigned i = 0; i < SETTERS * PER_SETTER; i++)
        stale += seen[i] != ROUNDS; // the last notice was taken after the last value was there
    CU_ASSERT_EQUAL(stale, 0);
}

void dirty_suite(void)
{
    CU_pSuite suite = CU_add_suite("dirty: change notices", NULL, NULL);
    CU_ADD_TEST(suite, nothing_set_takes_nothing);
    CU_ADD_TEST(suite, each_index_comes_back_once);
    CU_ADD_TEST(suite, at_most_max_are_taken_and_the_rest_stays);
    CU_ADD_TEST(suite, all_indexes_at_once_do_not_overflow_it);
    CU_ADD_TEST(suite, taking_none_loses_none);
    CU_ADD_TEST(suite, shards_have_bits_of_their_own);
    CU_ADD_TEST(suite, no_notice_is_lost_between_setters_and_taker);
}
