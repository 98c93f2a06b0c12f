// SPDX-License-Identifier: Apache-2.0
// Starting, killing and reaping one process by pidfd. All that a new process is given, and what is taken from it, is
// decided here, between fork and exec.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// Who takes it along.
enum process_fate {
    PROCESS_KILLED_WITH_PARENT,
    PROCESS_ENDED_WITH_PARENT, // by SIGTERM
    PROCESS_KILLED_WITH_LIFELINE,
};

struct process_command {
    const char *path;
    char *const *arguments; // argv, NULL-terminated
    const int *fds;         // become first_fd, first_fd + 1, ... in the child; every other one is closed
    unsigned fd_count;
    int first_fd;
    enum process_fate fate;
    int lifeline;         // the read end of a pipe: when its last writer is gone, the kernel kills the process
    uint64_t epoch;       // NARU_EPOCH in its environment; 0: none
    const char *fd_names; // LISTEN_FDNAMES, separated by colons: then LISTEN_FDS and LISTEN_PID are set too
    int error_fd;         // becomes stderr; 0: it is the caller's
};

struct process {
    pid_t pid;
    int pidfd; // -1: none
    int go;
};

// Makes a process that waits for process_go, so that its pid can be noted before it does anything; if the caller dies
// before that, it ends. It has a process group of its own: Ctrl-C reaches the first of the family alone. 0 or -errno.
int process_start(const struct process_command *command, struct process *ret_process);
void process_go(struct process *process);

// When a process began, in clock ticks since boot (proc(5), /proc/PID/stat, field 22): with the pid it names one
// process for good. 0: there is no such process.
uint64_t process_begin_time(pid_t pid);

// A process that somebody else started, if it is still the one that began then. 0, -ESRCH or -errno.
int process_adopt(pid_t pid, uint64_t begin_time, struct process *ret_process);

void process_signal(const struct process *process, int signal);

// Waits until it ended, at most for timeout_ms (-1: for ever). Whether it did.
bool process_wait(const struct process *process, int timeout_ms);

// Collects an ended process: a wait status. 0 or -errno; -ECHILD when it is another one's child, who collects it.
int process_reap(struct process *process, int *ret_status);

// Runs a command to its end. Its exit code, or -errno; -EINTR when a signal ended it.
int process_run(const char *path, char *const *arguments);
