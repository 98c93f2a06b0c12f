// SPDX-License-Identifier: Apache-2.0
#include "syscall_filter.h"
#include "syscall_lists.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef NARU_SANITIZED
#define NARU_SANITIZED 0
#endif

static int add(scmp_filter_ctx filter, uint32_t action, const char *const *names)
{
    for (; *names; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        int error = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(filter, action, number, 0);
        if (error && error != -EDOM) // of another architecture
            return error;
    }
    return 0;
}

#define ALLOW(call, ...)                                                                                               \
    (error ? error : (error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), __VA_ARGS__)))

// Memory is never writable and executable, and never becomes executable.
static int add_memory(scmp_filter_ctx filter)
{
    int error = 0;
    ALLOW(mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    ALLOW(mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_WRITE, 0));
    ALLOW(mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    // Its own threads alone: raise, abort.
    return ALLOW(tgkill, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
}

// Files are opened for reading.
static int add_with_arguments(scmp_filter_ctx filter)
{
    int error = 0;
    const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    ALLOW(open, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writing, 0));
    ALLOW(openat, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, writing, 0));
    // Threads, no processes. clone3 hides its flags in memory, and glibc does without it.
    ALLOW(clone, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    ALLOW(prctl, 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
    ALLOW(prlimit64, 1, SCMP_A2(SCMP_CMP_EQ, 0, 0)); // to ask
    return error ? error : seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int add_of_kind(scmp_filter_ctx filter, enum filter_kind kind)
{
    int error = 0;
    if (kind == FILTER_CONTROL || kind == FILTER_CONTROL_CALLING) {
        ALLOW(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0));
        ALLOW(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, FIOCLEX, 0));
        ALLOW(ioctl, 1, SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));
    }
    if (kind == FILTER_CONTROL_CALLING) { // TCP, and what getaddrinfo() asks
        ALLOW(socket, 1, SCMP_A0(SCMP_CMP_EQ, AF_INET, 0));
        ALLOW(socket, 1, SCMP_A0(SCMP_CMP_EQ, AF_INET6, 0));
        ALLOW(socket, 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
        ALLOW(socket, 1, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0));
    }
    if (kind == FILTER_DATAPLANE)
        ALLOW(socket, 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0)); // memif's peer comes and goes
    return error;
}

static int fill(scmp_filter_ctx filter, enum filter_kind kind)
{
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (!error && kind != FILTER_SCTP)
        error = add(filter, SCMP_ACT_ALLOW, syscalls_of_all);
    if (!error)
        error = add(filter, SCMP_ACT_ALLOW, syscalls_of[kind]);
    if (!error)
        error = add(filter, SCMP_ACT_KILL_PROCESS, syscalls_that_end);
    if (!error)
        error = add_memory(filter);
    if (!error && kind != FILTER_SCTP)
        error = add_with_arguments(filter);
    return error ? error : add_of_kind(filter, kind);
}

int syscall_filter_load(enum filter_kind kind)
{
    if (!syscall_filter_is_built())
        return 0;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return -ENOMEM;
    int error = fill(filter, kind);
    if (!error)
        error = seccomp_load(filter);
    seccomp_release(filter);
    return error;
}

bool syscall_filter_is_built(void)
{
    return !NARU_SANITIZED;
}
