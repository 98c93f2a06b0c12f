// SPDX-License-Identifier: Apache-2.0
// Proves: what a program needs goes on behind its filter, everything else fails, and a break-in's calls end it.
#include "isolation.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isolation_suites.h"

#define PAGE 4096

// Each returns what a system call returned: 0 or more, or -errno.
static long told(long result)
{
    return result < 0 ? -errno : result;
}

static long run_a_program(void)
{
    char *const arguments[] = {"true", NULL};
    return told(execv("/bin/true", arguments));
}

static long trace(void)
{
    return told(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static long read_another_process(void)
{
    return told(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}

static long open_by_handle(void)
{
    return told(syscall(SYS_open_by_handle_at, 0, NULL, 0));
}

static long mount_something(void)
{
    return told(syscall(SYS_mount, NULL, NULL, NULL, 0, NULL));
}

static long make_a_process(void)
{
    pid_t child = fork();
    if (!child)
        _exit(0);
    return told(child);
}

static long become_root(void)
{
    return told(setuid(0));
}

static long load_bpf(void)
{
    return told(syscall(SYS_bpf, 0, NULL, 0));
}

static long kill_the_parent(void)
{
    return told(kill(getppid(), SIGKILL));
}

static long open_for_writing(void)
{
    return told(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}

static long open_a_network_socket(void)
{
    return told(socket(AF_INET, SOCK_DGRAM, 0));
}

static long map_writable_code(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return told(page == MAP_FAILED ? -1 : 0);
}

static long make_data_code(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return told(page == MAP_FAILED ? -1 : mprotect(page, PAGE, PROT_READ | PROT_EXEC));
}

static long make_a_memfd(void)
{
    return told(memfd_create("test", MFD_CLOEXEC));
}

// What glibc's epoll_create makes: DPDK's interrupt thread asks anew when a source comes or goes, and aborts if it
// fails.
static long wait_for_others(void)
{
    return told(syscall(SYS_epoll_create, 1));
}

static long ask_a_device(void)
{
    return told(ioctl(STDIN_FILENO, 0x5401, NULL)) == -EPERM ? -EPERM : 0; // TCGETS
}

static long open_for_reading(void)
{
    return told(open("/proc/self/status", O_RDONLY | O_CLOEXEC)) >= 0 ? 0 : -errno;
}

static void *return_it(void *argument)
{
    return argument;
}

static long start_a_thread(void)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, return_it, NULL);
    return error ? -error : -pthread_join(thread, NULL);
}

static long take_memory(void)
{
    char *memory = malloc(64 << 20);
    if (!memory)
        return -ENOMEM;
    memset(memory, 1, 64 << 20);
    free(memory);
    return 0;
}

static long abort_itself(void)
{
    abort();
}

#define KILLED 1

static const struct {
    const char *name;
    long (*call)(void);
    long verdicts[FILTER_KINDS]; // 0 or -errno; KILLED: SIGSYS
} rows[] = {
    {"execve", run_a_program, {KILLED, KILLED, KILLED, KILLED}},
    {"ptrace", trace, {KILLED, KILLED, KILLED, KILLED}},
    {"process_vm_readv", read_another_process, {KILLED, KILLED, KILLED, KILLED}},
    {"open_by_handle_at", open_by_handle, {KILLED, KILLED, KILLED, KILLED}},
    {"mount", mount_something, {KILLED, KILLED, KILLED, KILLED}},
    {"fork", make_a_process, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"setuid", become_root, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"bpf", load_bpf, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"kill", kill_the_parent, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"open for writing", open_for_writing, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"socket", open_a_network_socket, {-EPERM, -EPERM, -EPERM, 0}},
    {"mmap of writable code", map_writable_code, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"mprotect to code", make_data_code, {-EPERM, -EPERM, -EPERM, -EPERM}},
    {"ioctl", ask_a_device, {-EPERM, 0, -EPERM, -EPERM}},
    {"memfd_create", make_a_memfd, {-EPERM, 0, -EPERM, -EPERM}},
    {"epoll_create", wait_for_others, {-EPERM, 0, -EPERM, -EPERM}},
    {"open for reading", open_for_reading, {0, 0, -EPERM, 0}},
    {"thread", start_a_thread, {0, 0, -EPERM, 0}},
    {"memory", take_memory, {0, 0, 0, 0}},
};

// The wait status of a process behind the filter that makes the call; its exit code is 0 when the verdict was as
// wanted.
static int status_of(enum filter_kind kind, long (*call)(void), long wanted)
{
    int status = -1;
    pid_t child = fork();
    if (!child) {
        isolation_begin();
        if (syscall_filter_load(kind))
            _exit(2);
        long got = call();
        _exit(wanted < 0 ? got != wanted : got < 0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void each_call_meets_its_verdict(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && syscall_filter_is_built(); i++)
        for (int kind = 0; kind < FILTER_KINDS; kind++) {
            long wanted = rows[i].verdicts[kind];
            int status = status_of((enum filter_kind)kind, rows[i].call, wanted);
            bool right = wanted == KILLED ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS : status == 0;
            if (!right)
                fprintf(stderr, "%s of filter %d: status %x\n", rows[i].name, kind, (unsigned)status);
            CU_ASSERT(right);
        }
}

static void a_process_can_still_abort(void)
{
    if (!syscall_filter_is_built())
        return;
    int status = status_of(FILTER_DATAPLANE, abort_itself, 0);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static atomic_bool is_loaded;

static void *wait_and_socket(void *result)
{
    while (!atomic_load(&is_loaded))
        ;
    *(long *)result = open_a_network_socket();
    return NULL;
}

static long filter_with_a_thread(void)
{
    long result = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_and_socket, &result))
        return 1;
    isolation_begin();
    int error = syscall_filter_load(FILTER_CONTROL);
    atomic_store(&is_loaded, true);
    pthread_join(thread, NULL);
    return error || result != -EPERM;
}

static void threads_that_are_there_are_held(void)
{
    int status = -1;
    if (!syscall_filter_is_built())
        return;
    pid_t child = fork();
    if (!child)
        _exit((int)filter_with_a_thread());
    waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

void syscall_filter_suite(void)
{
    CU_pSuite suite = CU_add_suite("syscall_filter: what is left to a process", NULL, NULL);
    CU_ADD_TEST(suite, each_call_meets_its_verdict);
    CU_ADD_TEST(suite, a_process_can_still_abort);
    CU_ADD_TEST(suite, threads_that_are_there_are_held);
}
