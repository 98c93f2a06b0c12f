// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "process_begin.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_pidfd(pid_t pid)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return pidfd < 0 ? -errno : pidfd;
}

int process_start(const struct process_command *command, struct process *ret_process)
{
    int go[2];
    if (pipe2(go, O_CLOEXEC))
        return -errno;
    pid_t parent = getpid(), pid = fork();
    if (!pid) {
        close(go[1]);
        process_begin(command, parent, go[0]);
    }
    int error = pid < 0 ? -errno : 0;
    close(go[0]);
    // Nobody else reaps: the pid is still this child's.
    int pidfd = error ? error : open_pidfd(pid);
    if (pidfd < 0) {
        close(go[1]); // which ends the child, if there is one
        if (!error)
            (void)waitpid(pid, NULL, 0);
        return pidfd;
    }
    *ret_process = (struct process){.pid = pid, .pidfd = pidfd, .go = go[1]};
    return 0;
}

void process_go(struct process *process)
{
    ssize_t written = write(process->go, "", 1);
    (void)written; // a child that died meanwhile is noticed by its pidfd
    close(process->go);
    process->go = -1;
}

uint64_t process_begin_time(pid_t pid)
{
    char path[32], text[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = 0;
    // The name in parentheses may hold anything; the state, which follows it, is field 3.
    char *at = strrchr(text, ')'), *rest = NULL;
    unsigned field = 2;
    for (char *word = at ? strtok_r(at + 1, " ", &rest) : NULL; word; word = strtok_r(NULL, " ", &rest)) {
        unsigned long long ticks;
        if (++field == 22)
            return sscanf(word, "%llu", &ticks) == 1 ? ticks : 0;
    }
    return 0;
}

int process_adopt(pid_t pid, uint64_t begin_time, struct process *ret_process)
{
    int pidfd = open_pidfd(pid);
    if (pidfd < 0)
        return pidfd;
    // In this order: what is found now is what the descriptor names, or has ended, which the descriptor tells.
    struct process process = {.pid = pid, .pidfd = pidfd, .go = -1};
    if (process_begin_time(pid) != begin_time || process_wait(&process, 0)) {
        close(pidfd);
        return -ESRCH;
    }
    *ret_process = process;
    return 0;
}

void process_signal(const struct process *process, int signal)
{
    (void)syscall(SYS_pidfd_send_signal, process->pidfd, signal, NULL, 0);
}

bool process_wait(const struct process *process, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = process->pidfd, .events = POLLIN};
    int ready;
    do
        ready = poll(&poll_fd, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

int process_reap(struct process *process, int *ret_status)
{
    int status;
    pid_t ended;
    do
        ended = waitpid(process->pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    int error = ended < 0 ? -errno : 0;
    close(process->pidfd);
    process->pidfd = -1;
    if (!error)
        *ret_status = status;
    return error;
}

int process_run(const char *path, char *const *arguments)
{
    const struct process_command command = {
        .path = path, .arguments = arguments, .first_fd = 3, .fate = PROCESS_KILLED_WITH_PARENT};
    struct process process;
    int status, error = process_start(&command, &process);
    if (error)
        return error;
    process_go(&process);
    error = process_reap(&process, &status);
    if (error)
        return error;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}
