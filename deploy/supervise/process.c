// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_MAX_FDS 64
#define EXIT_REFUSED  1

static void die_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) // it died before the line above
        _exit(EXIT_REFUSED);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
}

// First out of the way of the target numbers, which may be taken by others of the list.
static int place_fds(const struct process_command *command)
{
    int parked[CHILD_MAX_FDS];
    int past = command->first_fd + (int)command->fd_count;
    if (command->fd_count > CHILD_MAX_FDS)
        return -E2BIG;
    for (unsigned i = 0; i < command->fd_count; i++)
        if ((parked[i] = fcntl(command->fds[i], F_DUPFD_CLOEXEC, past)) < 0)
            return -errno;
    for (unsigned i = 0; i < command->fd_count; i++)
        if (dup2(parked[i], command->first_fd + (int)i) < 0)
            return -errno;
    if (command->first_fd > 3 && syscall(SYS_close_range, 3, (unsigned)command->first_fd - 1, 0))
        return -errno;
    return syscall(SYS_close_range, (unsigned)past, ~0U, 0) ? -errno : 0;
}

static void close_stdin(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        (void)dup2(null, STDIN_FILENO);
}

static _Noreturn void become(const struct process_command *command, pid_t parent)
{
    die_with(parent);
    (void)setpgid(0, 0);
    reset_signals();
    close_stdin();
    char epoch[24];
    snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)command->epoch);
    if (command->epoch)
        (void)setenv("NARU_EPOCH", epoch, 1);
    int error = place_fds(command);
    if (!error) {
        execv(command->path, command->arguments);
        error = -errno;
    }
    notice_write("cannot run %s: %s", command->path, strerror(-error));
    _exit(EXIT_REFUSED);
}

int process_start(const struct process_command *command, pid_t *ret_pid, int *ret_pidfd)
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return -errno;
    if (!pid)
        become(command, parent);
    // Nobody else reaps: the pid is still this child's.
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        int error = -errno;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return error;
    }
    *ret_pid = pid;
    *ret_pidfd = pidfd;
    return 0;
}

bool process_wait(int pidfd, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
    int ready;
    do
        ready = poll(&poll_fd, 1, timeout_ms);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

int process_reap(pid_t pid, int pidfd, int *ret_status)
{
    int status;
    pid_t ended;
    do
        ended = waitpid(pid, &status, 0);
    while (ended < 0 && errno == EINTR);
    close(pidfd);
    if (ended < 0)
        return -errno;
    *ret_status = status;
    return 0;
}

int process_run(const char *path, char *const *arguments)
{
    const struct process_command command = {.path = path, .arguments = arguments, .first_fd = 3};
    pid_t pid;
    int pidfd, status;
    int error = process_start(&command, &pid, &pidfd);
    if (!error)
        error = process_reap(pid, pidfd, &status);
    if (error)
        return error;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}
