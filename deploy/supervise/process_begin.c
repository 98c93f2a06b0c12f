// SPDX-License-Identifier: Apache-2.0
#include "process_begin.h"
#include "notice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHILD_MAX_FDS   64
#define EXIT_REFUSED    1
#define EXIT_NO_PROGRAM 127 // as shells say it

static void die_with(pid_t parent, int signal)
{
    (void)prctl(PR_SET_PDEATHSIG, signal);
    if (getppid() != parent) // it died before the line above
        _exit(EXIT_REFUSED);
}

// A description of its own of the pipe: the kernel sends SIGKILL to this process when the last writer has gone. It
// stays open behind exec, so the program needs to know nothing of it, and cannot miss it, whatever it hangs in.
static int hold_lifeline(int pipe)
{
    char path[32];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", pipe);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0 || fcntl(fd, F_SETOWN, getpid()) || fcntl(fd, F_SETSIG, SIGKILL) ||
        fcntl(fd, F_SETFL, O_RDONLY | O_NONBLOCK | O_ASYNC))
        return -errno;
    return fd;
}

// PROCESS_ENDED_WITH_PARENT keeps SIGTERM blocked: it takes signals by descriptor, and none may come too early.
static void reset_signals(enum process_fate fate)
{
    sigset_t none;
    sigemptyset(&none);
    if (fate == PROCESS_ENDED_WITH_PARENT)
        sigaddset(&none, SIGTERM);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
}

// First out of the way of the target numbers, which may be taken by others of the list.
static int place_fds(const struct process_command *command, int lifeline)
{
    int parked[CHILD_MAX_FDS + 1];
    unsigned count = command->fd_count;
    int past = command->first_fd + (int)count;
    if (count > CHILD_MAX_FDS)
        return -E2BIG;
    for (unsigned i = 0; i <= count; i++)
        if ((i < count || lifeline >= 0) &&
            (parked[i] = fcntl(i < count ? command->fds[i] : lifeline, F_DUPFD_CLOEXEC, past + 1)) < 0)
            return -errno;
    for (unsigned i = 0; i < count; i++)
        if (dup2(parked[i], command->first_fd + (int)i) < 0)
            return -errno;
    if (lifeline >= 0 && dup2(parked[count], past++) < 0) // the last one
        return -errno;
    if (command->first_fd > 3 && syscall(SYS_close_range, 3, (unsigned)command->first_fd - 1, 0))
        return -errno;
    return syscall(SYS_close_range, (unsigned)past, ~0U, 0) ? -errno : 0;
}

static void place_standard_fds(const struct process_command *command)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0)
        (void)dup2(null, STDIN_FILENO);
    if (command->error_fd > 0)
        (void)dup2(command->error_fd, STDERR_FILENO);
}

static void set_number(const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    (void)setenv(name, text, 1);
}

// A program gets no word of the service manager: it could speak for the supervisor.
static void set_environment(const struct process_command *command)
{
    static const char *const of_managers[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                              "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
    for (size_t i = 0; i < sizeof(of_managers) / sizeof(of_managers[0]) && !command->fd_names; i++)
        (void)unsetenv(of_managers[i]);
    if (command->epoch)
        set_number("NARU_EPOCH", command->epoch);
    if (!command->fd_names)
        return;
    set_number("LISTEN_PID", (uint64_t)getpid());
    set_number("LISTEN_FDS", command->fd_count);
    (void)setenv("LISTEN_FDNAMES", command->fd_names, 1);
}

static int begin(const struct process_command *command, pid_t parent, int go)
{
    char byte;
    int lifeline = -1;
    if (command->fate != PROCESS_KILLED_WITH_LIFELINE)
        die_with(parent, command->fate == PROCESS_ENDED_WITH_PARENT ? SIGTERM : SIGKILL);
    else if ((lifeline = hold_lifeline(command->lifeline)) < 0)
        return lifeline;
    (void)setpgid(0, 0);
    if (read(go, &byte, 1) != 1)
        _exit(EXIT_REFUSED);
    reset_signals(command->fate);
    place_standard_fds(command);
    set_environment(command);
    int error = place_fds(command, lifeline);
    if (error)
        return error;
    execv(command->path, command->arguments);
    return -errno;
}

void process_begin(const struct process_command *command, pid_t parent, int go)
{
    int error = begin(command, parent, go);
    notice_write("cannot run %s: %s", command->path, strerror(-error));
    _exit(EXIT_NO_PROGRAM);
}
