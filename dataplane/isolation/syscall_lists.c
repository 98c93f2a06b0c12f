// SPDX-License-Identifier: Apache-2.0
#include "syscall_lists.h"

#include <stddef.h>

// clang-format off: by what they are for
const char *const syscalls_of_all[] = {
    // descriptors that are open
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "lseek",
    "close",
    "fcntl",
    "dup",
    "fstat",
    "newfstatat",
    "statx",
    "getdents64",
    "readlink",
    "readlinkat",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "shutdown",
    "accept",
    "accept4",
    "getsockopt",
    "setsockopt",
    "getsockname",
    "getpeername",
    // waiting
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "eventfd2",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "nanosleep",
    "clock_nanosleep",
    "restart_syscall",
    // memory; mmap and mprotect have rules of their own
    "munmap",
    "mremap",
    "madvise",
    "brk",
    "mlock",
    "mlock2",
    "munlock",
    "mincore",
    // threads
    "futex",
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "membarrier",
    "sched_yield",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "getcpu",
    // time, chance, oneself
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "getrandom",
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrusage",
    "sysinfo",
    "uname",
    "times",
    // signals and the end
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "sigaltstack",
    "exit",
    "exit_group",
    NULL,
};

static const char *const of_control[] = {
    "access", "faccessat", "faccessat2", // what libuv and OpenSSL look for
    "pipe2",  NULL,
};

static const char *const of_control_calling[] = {
    "access", "faccessat", "faccessat2", "pipe2", "connect", "bind", "socketpair", NULL,
};

static const char *const of_dataplane[] = {
    // drivers; VFIO, tap and AF_XDP are worked by ioctl and socket options
    "ioctl",
    "bind",
    "listen",
    "connect",
    "epoll_create", // the interrupt thread, each time a source comes or goes
    // DPDK's heap, when it grows
    "memfd_create",
    "ftruncate",
    "fallocate",
    "mbind",
    "get_mempolicy",
    "set_mempolicy",
    "flock",
    NULL,
};

// All of its list: one socket, memory, time. It opens nothing, and has one thread.
static const char *const of_sctp[] = {
    "read",       "write",  "close",   "sendto",       "recvfrom",       "poll",          "restart_syscall",
    "munmap",     "mremap", "madvise", "brk",          "futex",          "clock_gettime", "gettimeofday",
    "getrandom",  "getpid", "gettid",  "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",  "exit",
    "exit_group", NULL,
};

const char *const *const syscalls_of[FILTER_KINDS] = {[FILTER_CONTROL] = of_control,
                                                      [FILTER_CONTROL_CALLING] = of_control_calling,
                                                      [FILTER_DATAPLANE] = of_dataplane,
                                                      [FILTER_SCTP] = of_sctp};

const char *const syscalls_that_end[] = {
    "execve",
    "execveat",
    "fork",
    "vfork",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "kcmp",
    "open_by_handle_at",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "fsopen",
    "fsmount",
    "open_tree",
    "setns",
    "unshare",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
    "reboot",
    "swapon",
    "swapoff",
    "add_key",
    "request_key",
    "keyctl",
    "userfaultfd",
    "io_uring_setup",
    "personality",
    "acct",
    NULL,
};
