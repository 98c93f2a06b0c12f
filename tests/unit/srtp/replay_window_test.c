// SPDX-License-Identifier: Apache-2.0
// RFC 3711 3.3.2 as numbered rows, and the window's promise: a writer killed anywhere never lets an index in twice.
#include "replay_window.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT SRTP_REPLAY_WINDOW
#define TOP   UINT64_C(0xfffffffff000) // close to the end of the 48-bit space

// The rows run one after the other on one window.
static const struct {
    uint64_t index;
    int result;
} rows[] = {
    /*  1 */ {0, 0},
    /*  2 */ {0, -EALREADY},
    /*  3 */ {1, 0},
    /*  4 */ {1, -EALREADY},
    /*  5 */ {9, 0},
    /*  6 */ {8, 0},
    /*  7 */ {7, 0},
    /*  8 */ {7, -EALREADY},
    /*  9 word border */ {31, 0},
    /* 10 */ {32, 0},
    /* 11 */ {31, -EALREADY},
    /* 12 */ {32, -EALREADY},
    /* 13 fill to the width of the window */ {LIMIT, 0},
    /* 14 just fell out */ {0, -ESTALE},
    /* 15 the last that is inside, seen */ {1, -EALREADY},
    /* 16 inside, not seen */ {2, 0},
    /* 17 */ {2, -EALREADY},
    /* 18 one further */ {LIMIT + 1, 0},
    /* 19 */ {1, -ESTALE},
    /* 20 */ {2, -EALREADY},
    /* 21 around the circle */ {LIMIT + SRTP_REPLAY_BLOCK, 0},
    /* 22 older than the window */ {SRTP_REPLAY_BLOCK, -ESTALE},
    /* 23 */ {SRTP_REPLAY_BLOCK + 1, 0},
    /* 24 */ {LIMIT, -EALREADY},
    /* 25 a jump of many windows */ {100000, 0},
    /* 26 */ {100000, -EALREADY},
    /* 27 everything before is stale */ {LIMIT + SRTP_REPLAY_BLOCK, -ESTALE},
    /* 28 the oldest of the new window */ {100000 - LIMIT + 1, 0},
    /* 29 */ {100000 - LIMIT + 1, -EALREADY},
    /* 30 */ {100000 - LIMIT, -ESTALE},
    /* 31 skipped words are clean */ {100000 - 3 * SRTP_REPLAY_BLOCK, 0},
    /* 32 */ {99999, 0},
    /* 33 */ {99999, -EALREADY},
    /* 34 a wrap of SEQ is nothing special */ {0x1ffff, 0},
    /* 35 */ {0x20000, 0},
    /* 36 */ {0x1ffff, -EALREADY},
    /* 37 end of SRTCP's space */ {0x7fffffff, 0},
    /* 38 */ {0x7fffffff, -EALREADY},
    /* 39 */ {0x7ffffffe, 0},
    /* 40 near the end of SRTP's space, in steps that packets can take */ {0x7fffffff + 0x7fffULL, 0},
};

static void follows_the_rows(void)
{
    struct srtp_replay_window window;
    memset(&window, 0, sizeof(window));
    CU_ASSERT_EQUAL(srtp_replay_highest(&window), SRTP_INDEX_NONE);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int checked = srtp_replay_check(&window, rows[i].index);
        int committed = srtp_replay_commit(&window, rows[i].index);
        if (checked != rows[i].result || committed != checked)
            printf("\n    row %zu: %d, %d\n", i + 1, checked, committed);
        CU_ASSERT_EQUAL(checked, rows[i].result);
        CU_ASSERT_EQUAL(committed, rows[i].result);
    }
}

static void starts_anywhere_and_ends_at_2_to_the_48(void)
{
    static const uint64_t starts[] = {
        0, 31, 32, 0xffff, 0x7fffffff, UINT64_C(0x100000000), UINT64_C(0x1000000000), UINT64_C(0x800000000000), TOP};
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct srtp_replay_window window;
        memset(&window, 0, sizeof(window));
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, starts[i]), 0);
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, starts[i]), -EALREADY);
        CU_ASSERT_EQUAL(srtp_replay_highest(&window), starts[i]);
    }
    struct srtp_replay_window window;
    memset(&window, 0, sizeof(window));
    for (uint64_t index = TOP; index <= SRTP_INDEX_MAX; index++)
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, index), 0);
    CU_ASSERT_EQUAL(srtp_replay_check(&window, SRTP_INDEX_MAX), -EALREADY);
}

static void check_changes_nothing(void)
{
    struct srtp_replay_window window, before;
    memset(&window, 0, sizeof(window));
    CU_ASSERT_EQUAL(srtp_replay_commit(&window, 1000), 0);
    memcpy(&before, &window, sizeof(window));
    for (uint64_t index = 0; index < 3000; index++)
        (void)srtp_replay_check(&window, index);
    CU_ASSERT_EQUAL(memcmp(&window, &before, sizeof(window)), 0);
}

// The window and a plain list of all indexes agree, over loss, reordering, repetition and jumps.
static void agrees_with_a_plain_list(void)
{
    enum { SPAN = 1 << 20 };
    static bool seen[SPAN];
    memset(seen, 0, sizeof(seen));
    struct srtp_replay_window window;
    memset(&window, 0, sizeof(window));
    uint64_t random = 7, highest = 0, wrong = 0;
    for (unsigned i = 0; i < 300000; i++) {
        uint64_t index = highest + random_below(&random, 300);
        index = index > 260 ? index - 260 : 0;
        if (random_below(&random, 1000) == 0)
            index += random_below(&random, 1000);
        if (index >= SPAN)
            break;
        int wanted = index + LIMIT <= highest ? -ESTALE : seen[index] ? -EALREADY : 0;
        wrong += srtp_replay_commit(&window, index) != wanted;
        seen[index] = true;
        highest = index > highest ? index : highest;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(highest > 100000);
}

// A commit is two stores, the word and then `next`. The writer dies after the first; its successor must let in nothing
// that was let in before, and later packets all the same.
static void survives_a_writer_killed_between_its_stores(void)
{
    static const uint64_t steps[] = {1, 2, 31, 32, 33, LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + SRTP_REPLAY_BLOCK, 5000};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct srtp_replay_window window;
        memset(&window, 0, sizeof(window));
        for (uint64_t index = 0; index <= 1000; index++)
            CU_ASSERT_EQUAL(srtp_replay_commit(&window, index), 0);
        uint64_t next = atomic_load(&window.next);
        uint64_t taken = 1000 + steps[i];
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, taken), 0);
        atomic_store(&window.next, next); // as if it was never stored
        for (uint64_t index = 0; index <= 1000; index++)
            CU_ASSERT_NOT_EQUAL(srtp_replay_commit(&window, index), 0);
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, taken), -EALREADY);
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, taken + 1), 0);
        CU_ASSERT_EQUAL(srtp_replay_highest(&window), taken + 1);
        CU_ASSERT_EQUAL(srtp_replay_commit(&window, taken), -EALREADY);
    }
}

struct shared {
    struct srtp_replay_window window;
    _Atomic uint64_t taken; // the writer says so after each commit
};

static void write_until_killed(struct shared *shared)
{
    for (uint64_t index = atomic_load(&shared->taken) + 1;; index++)
        if (srtp_replay_commit(&shared->window, index) == 0)
            atomic_store(&shared->taken, index);
}

// The same with a real process, a shared mapping and SIGKILL; each writer goes on where the one before died.
static void survives_sigkill(void)
{
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(shared != MAP_FAILED);
    uint64_t random = 5, wrong = 0;
    for (unsigned life = 0; life < 100; life++) {
        pid_t writer = fork();
        CU_ASSERT_FATAL(writer >= 0);
        if (writer == 0)
            write_until_killed(shared);
        usleep(200 + random_below(&random, 1500));
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        uint64_t taken = atomic_load(&shared->taken);
        for (uint64_t back = 0; back < 2 * LIMIT && back < taken; back++)
            wrong += srtp_replay_check(&shared->window, taken - back) == 0;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(atomic_load(&shared->taken) > 10000);
    munmap(shared, sizeof(*shared));
}

void replay_window_suite(void)
{
    CU_pSuite suite = CU_add_suite("replay_window", NULL, NULL);
    CU_ADD_TEST(suite, follows_the_rows);
    CU_ADD_TEST(suite, starts_anywhere_and_ends_at_2_to_the_48);
    CU_ADD_TEST(suite, check_changes_nothing);
    CU_ADD_TEST(suite, agrees_with_a_plain_list);
    CU_ADD_TEST(suite, survives_a_writer_killed_between_its_stores);
    CU_ADD_TEST(suite, survives_sigkill);
}
