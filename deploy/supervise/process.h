// SPDX-License-Identifier: Apache-2.0
// Starting, killing and reaping one child by pidfd.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_command {
    const char *path;
    char *const *arguments; // argv, NULL-terminated
    const int *fds;         // become first_fd, first_fd + 1, ... in the child; every other one is closed
    unsigned fd_count;
    int first_fd;
    uint64_t epoch; // NARU_EPOCH in its environment; 0: none
};

// The child is killed by the kernel when the caller dies, and has a process group of its own, so that Ctrl-C reaches
// the supervisor alone. 0 or -errno.
int process_start(const struct process_command *command, pid_t *ret_pid, int *ret_pidfd);

// Waits until it ended, at most for timeout_ms (-1: for ever). Whether it did.
bool process_wait(int pidfd, int timeout_ms);

// Collects an ended child: a wait status. 0 or -errno.
int process_reap(pid_t pid, int pidfd, int *ret_status);

// Runs a command to its end. Its exit code, or -errno; -EINTR when a signal ended it.
int process_run(const char *path, char *const *arguments);
