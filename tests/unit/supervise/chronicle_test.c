// SPDX-License-Identifier: Apache-2.0
// Proves: what one supervisor noted the next one knows, whole, and nobody else can write it.
#include "chronicle.h"
#include "process.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static struct supervision_memory *attach(int fd, bool writes)
{
    struct supervision_memory *memory = NULL;
    CU_ASSERT_EQUAL_FATAL(supervision_attach(fd, writes, &memory), 0);
    return memory;
}

static void test_successor(void)
{
    int fd, read_only;
    struct chronicle first, second;
    CU_ASSERT_EQUAL_FATAL(supervision_create(&fd, &read_only), 0);
    struct supervision_memory *memory = attach(fd, true);
    CU_ASSERT_FALSE(chronicle_open(&first, memory));
    CU_ASSERT_EQUAL(chronicle_next_epoch(&first), 1);
    first.now.programs[SUPERVISED_DATAPLANE].pid = 77;
    for (unsigned i = 0; i < SUPERVISION_EVENTS + 5; i++)
        chronicle_note(&first, SUPERVISED_DATAPLANE, SUPERVISION_EXITED, i);
    chronicle_note(&first, SUPERVISED_DATAPLANE, SUPERVISION_STARTED, 0);

    struct supervision_memory *other = attach(read_only, false);
    CU_ASSERT(chronicle_open(&second, other));
    CU_ASSERT_EQUAL(second.now.last_epoch, 1);
    CU_ASSERT_EQUAL(second.now.programs[SUPERVISED_DATAPLANE].pid, 77);
    CU_ASSERT_EQUAL(second.now.event_count, SUPERVISION_EVENTS + 6);
    CU_ASSERT_EQUAL(second.now.events[(second.now.event_count - 1) % SUPERVISION_EVENTS].kind, SUPERVISION_STARTED);
    CU_ASSERT_EQUAL(second.now.programs[SUPERVISED_DATAPLANE].last_end.value, SUPERVISION_EVENTS + 4);
    CU_ASSERT_EQUAL(second.now.programs[SUPERVISED_CONTROL].last_end.kind, 0);
    struct supervision_memory *refused;
    CU_ASSERT_EQUAL(supervision_attach(read_only, true, &refused), -EACCES);
    supervision_detach(memory);
    supervision_detach(other);
    close(fd);
    close(read_only);
}

static void test_something_else(void)
{
    static const off_t sizes[] = {0, 1, 4096, 1 << 20};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct supervision_memory *memory;
        int fd = memfd_create("not-it", MFD_CLOEXEC);
        CU_ASSERT_EQUAL_FATAL(ftruncate(fd, sizes[i]), 0);
        CU_ASSERT_EQUAL(supervision_attach(fd, false, &memory), -EPROTO);
        close(fd);
    }
}

// A pid alone does not name a process.
static void test_adoption(void)
{
    struct process process = {.pidfd = -1};
    uint64_t begin = process_begin_time(getpid());
    CU_ASSERT_NOT_EQUAL(begin, 0);
    CU_ASSERT_EQUAL(process_adopt(getpid(), begin + 1, &process), -ESRCH);
    CU_ASSERT_EQUAL(process.pidfd, -1);
    CU_ASSERT_EQUAL(process_adopt(getpid(), begin, &process), 0);
    CU_ASSERT_FALSE(process_wait(&process, 0));
    close(process.pidfd);
    CU_ASSERT_EQUAL(process_begin_time(0), 0);
    CU_ASSERT_EQUAL(process_adopt(1 << 22, 1, &process), -ESRCH); // above the largest pid
}

void chronicle_suite(void)
{
    CU_pSuite suite = CU_add_suite("chronicle", NULL, NULL);
    CU_add_test(suite, "a successor goes on where the former one stopped", test_successor);
    CU_add_test(suite, "something else is refused", test_something_else);
    CU_add_test(suite, "a process is adopted by pid and begin time", test_adoption);
}
