// SPDX-License-Identifier: Apache-2.0
// Proves: what is found is what was stored, the oldest goes first and is counted, and the log never leaves its memory.
#include "history.h"

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "media_suites.h"

#define SIZE  (128u << 10)
#define GUARD 4096u

static uint8_t *memory;
static struct history history;
static struct history_index first, second;
static uint8_t packet[HISTORY_PACKET_MAX + 1 + HISTORY_OVERREAD];

static void start(size_t size)
{
    memory = aligned_alloc(HISTORY_LINE, size + GUARD);
    memset(memory, 0xa5, size + GUARD);
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    CU_ASSERT_EQUAL_FATAL(history_open(&history, memory, size), 0);
}

static void end(size_t size)
{
    unsigned touched = 0;
    for (unsigned i = 0; i < GUARD; i++)
        touched += memory[size + i] != 0xa5;
    CU_ASSERT_EQUAL(touched, 0);
    free(memory);
}

static void store(struct history_index *index, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        packet[i] = (uint8_t)(number * 7 + size + i);
    memset(packet + size, 0xee, HISTORY_OVERREAD);
    history_store(&history, index, number, packet, size);
}

static bool is_there(const struct history_index *index, uint64_t number, size_t wanted)
{
    size_t size = 0;
    const uint8_t *found = history_find(&history, index, number, &size);
    if (!found || size != wanted)
        return false;
    for (size_t i = 0; i < size; i++)
        if (found[i] != (uint8_t)(number * 7 + size + i))
            return false;
    return true;
}

static bool is_gone(const struct history_index *index, uint64_t number)
{
    size_t size;
    return history_find(&history, index, number, &size) == NULL;
}

static void every_size_comes_back_as_it_was(void)
{
    start(8 * SIZE);
    for (size_t size = 12; size <= HISTORY_PACKET_MAX; size++) {
        store(&first, 70000 + size, size);
        CU_ASSERT(is_there(&first, 70000 + size, size));
    }
    store(&first, 1, HISTORY_PACKET_MAX + 1);
    CU_ASSERT(is_gone(&first, 1));
    end(8 * SIZE);
}

static void the_oldest_go_first(void)
{
    enum { PACKETS = 10000, BYTES = 1100 };
    start(SIZE);
    unsigned fit = SIZE / ((BYTES + 32 + 63) / 64 * 64);
    for (uint64_t number = 0; number < PACKETS; number++) {
        store(&first, number, BYTES);
        if (number > fit)
            CU_ASSERT(is_gone(&first, number - fit));
        if (number >= fit)
            CU_ASSERT(is_there(&first, number - fit + 1, BYTES));
    }
    CU_ASSERT_EQUAL(history.stored, PACKETS);
    uint64_t alive = history.stored - history.overwritten; // by the chunk: the one at work is gone in part
    CU_ASSERT(alive <= fit && alive + fit / 16 >= fit);
    end(SIZE);
}

// Sizes at random against a model: nothing is found that is not exact, and what half the memory holds is found.
static void wraps_at_any_place(void)
{
    enum { PACKETS = 20000, RECENT = 40 };
    static size_t sizes[PACKETS];
    uint32_t random = 5;
    unsigned lost = 0, wrong = 0;
    start(SIZE);
    for (unsigned number = 0; number < PACKETS; number++) {
        random = random * 1664525 + 1013904223;
        sizes[number] = 12 + (random >> 8) % 1400;
        store(number % 3 ? &first : &second, number, sizes[number]);
        for (unsigned age = 0; age < 300 && age <= number; age += 13) {
            const struct history_index *index = (number - age) % 3 ? &first : &second;
            bool there = is_there(index, number - age, sizes[number - age]);
            lost += !there && age < RECENT;
            wrong += !there && !is_gone(index, number - age);
        }
    }
    CU_ASSERT_EQUAL(lost, 0);
    CU_ASSERT_EQUAL(wrong, 0);
    end(SIZE);
}

static void streams_and_indexes_do_not_mix(void)
{
    start(SIZE);
    CU_ASSERT(is_gone(&first, 0));
    store(&first, 5, 200);
    CU_ASSERT(is_gone(&second, 5));
    CU_ASSERT(is_gone(&first, 5 + HISTORY_PACKETS)); // the same place
    CU_ASSERT(is_gone(&first, 5 + 65536));           // the same sequence number
    store(&first, 5 + HISTORY_PACKETS, 300);
    CU_ASSERT(is_gone(&first, 5));
    CU_ASSERT(is_there(&first, 5 + HISTORY_PACKETS, 300));
    end(SIZE);
}

static void too_little_memory_is_refused(void)
{
    CU_ASSERT_NOT_EQUAL(history_open(&history, packet, HISTORY_SIZE_MIN - 1), 0);
}

void history_suite(void)
{
    CU_pSuite suite = CU_add_suite("history", NULL, NULL);
    CU_ADD_TEST(suite, every_size_comes_back_as_it_was);
    CU_ADD_TEST(suite, the_oldest_go_first);
    CU_ADD_TEST(suite, wraps_at_any_place);
    CU_ADD_TEST(suite, streams_and_indexes_do_not_mix);
    CU_ADD_TEST(suite, too_little_memory_is_refused);
}
