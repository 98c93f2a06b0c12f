// SPDX-License-Identifier: Apache-2.0
// Proves: what the kernel tells of threads is read and named, and a process that is gone has none.
#include "suites.h"
#include "threads.h"

#include <CUnit/CUnit.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_a_sleeper(void)
{
    char text[THREADS_TEXT_SIZE];
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    CU_ASSERT_FATAL(pid > 0);
    for (unsigned tries = 0; tries < 1000; tries++) { // until it sleeps
        threads_describe(pid, text);
        if (strstr(text, "unit-supervise S"))
            break;
        usleep(10000);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "unit-supervise S"));
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    threads_describe(pid, text);
    CU_ASSERT_STRING_EQUAL(text, "unknown");
    CU_ASSERT_EQUAL(threads_waited(pid), 0);
}

static void test_waiting_adds_up(void)
{
    uint64_t before = threads_waited(getpid());
    CU_ASSERT(threads_waited(getpid()) >= before);
}

void threads_suite(void)
{
    CU_pSuite suite = CU_add_suite("threads", NULL, NULL);
    CU_add_test(suite, "a thread has a name, a state and a place", test_a_sleeper);
    CU_add_test(suite, "what threads have waited never shrinks", test_waiting_adds_up);
}
