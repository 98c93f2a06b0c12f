// SPDX-License-Identifier: Apache-2.0
#include "keeper.h"
#include "monotonic_time.h"
#include "notice.h"
#include "notify_message.h"
#include "process.h"
#include "restart_policy.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_MAX     48
#define MESSAGE_SIZE 512
#define SILENCE_USEC "3000000"
#define SILENCE_NS   3000000000ULL
#define EXIT_REFUSED 1

struct kept_descriptor {
    char name[NOTIFY_NAME_SIZE];
    int fd;
};

struct keeper {
    const char *path;
    char *const *arguments;
    struct kept_descriptor kept[KEPT_MAX];
    unsigned count;
    int signals, socket;
    struct process child; // pid 0: waits to be started at start_at
    uint64_t started_at, start_at, last_sign;
    struct restart_policy policy;
    bool is_watched; // it has shown life once, and is not about to end
    bool is_hung;    // it was killed for that
    bool is_stopping;
    int exit_code; // -1: go on
};

static void forget(struct keeper *keeper, const char *name)
{
    for (unsigned i = 0; i < keeper->count; i++)
        if (!strcmp(keeper->kept[i].name, name)) {
            close(keeper->kept[i].fd);
            memmove(&keeper->kept[i], &keeper->kept[i + 1], (--keeper->count - i) * sizeof(keeper->kept[0]));
            i--;
        }
}

static bool keep(struct keeper *keeper, const char *name, int fd)
{
    if (keeper->count == KEPT_MAX || !name[0])
        return false;
    struct kept_descriptor *kept = &keeper->kept[keeper->count++];
    snprintf(kept->name, sizeof(kept->name), "%s", name);
    kept->fd = fd;
    return true;
}

static void obey(struct keeper *keeper, const char *text, size_t size, int fd)
{
    struct notify_message message;
    bool used = false;
    if (!notify_message_parse(text, size, &message)) {
        if (message.alive)
            keeper->last_sign = monotonic_time();
        keeper->is_watched = (keeper->is_watched || message.alive) && !message.stops;
        if (message.forget)
            forget(keeper, message.name);
        used = message.keep && fd >= 0 && keep(keeper, message.name, fd);
    }
    if (fd >= 0 && !used)
        close(fd);
}

// One message; false when there is none. Only the supervisor is listened to.
static bool receive(struct keeper *keeper)
{
    char text[MESSAGE_SIZE];
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec data = {text, sizeof(text)};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    ssize_t size = recvmsg(keeper->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0)
        return false;
    struct ucred sender = {.pid = 0};
    int fd = -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
            memcpy(&sender, CMSG_DATA(header), sizeof(sender));
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    }
    if (sender.pid == keeper->child.pid && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        obey(keeper, text, (size_t)size, fd);
    else if (fd >= 0)
        close(fd);
    return true;
}

static void start(struct keeper *keeper)
{
    char names[KEPT_MAX * NOTIFY_NAME_SIZE] = "";
    int fds[KEPT_MAX];
    size_t length = 0;
    for (unsigned i = 0; i < keeper->count; i++) {
        fds[i] = keeper->kept[i].fd;
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s", i ? ":" : "", keeper->kept[i].name);
    }
    const struct process_command command = {.path = keeper->path,
                                            .arguments = keeper->arguments,
                                            .fds = fds,
                                            .fd_count = keeper->count,
                                            .first_fd = 3,
                                            .fate = PROCESS_ENDED_WITH_PARENT,
                                            .fd_names = names};
    int error = process_start(&command, &keeper->child);
    keeper->started_at = keeper->last_sign = monotonic_time();
    keeper->is_watched = keeper->is_hung = false;
    if (error) {
        notice_write("cannot start the supervisor: %s; it is tried again in 1 s", strerror(-error));
        keeper->start_at = keeper->started_at + 1000000000ULL;
        return;
    }
    process_go(&keeper->child);
    if (keeper->is_stopping)
        process_signal(&keeper->child, SIGTERM);
}

// An orderly end gives everything back. Who ends without that could not take over what is kept, however it says so (its
// file may be anything): what runs goes on, unless all of it is to end.
static bool is_final(const struct keeper *keeper, int status)
{
    if (!WIFEXITED(status))
        return false;
    return keeper->is_stopping || (WEXITSTATUS(status) != EXIT_CODE_TRY_AGAIN && !keeper->count);
}

// Of a final end: what people know, 0, 1 or 2.
static int code_of(int status)
{
    int code = WEXITSTATUS(status);
    if (code == EXIT_CODE_KEPT_BAD_CONFIG)
        return EXIT_CODE_BAD_CONFIG;
    return code <= EXIT_CODE_BAD_CONFIG ? code : EXIT_REFUSED;
}

static void supervisor_ended(struct keeper *keeper, int status)
{
    while (receive(keeper)) // it may have given back everything just now
        ;
    close(keeper->child.pidfd);
    keeper->child = (struct process){.pidfd = -1};
    if (is_final(keeper, status)) {
        keeper->exit_code = code_of(status);
        return;
    }
    uint64_t now = monotonic_time(), delay = 0;
    const struct process_end end = {.by_signal = WIFSIGNALED(status),
                                    .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                                    .lived = now - keeper->started_at,
                                    .was_ready = keeper->is_watched,
                                    .hung = keeper->is_hung};
    keeper->policy.ever_ready = true; // something runs that needs it: there is no giving up
    (void)restart_policy_decide(&keeper->policy, &end, &delay);
    keeper->start_at = now + delay;
    notice_write("the supervisor ended (%s %d): what it watches goes on; it is started again in %.1f s",
                 end.by_signal ? "signal" : "exit code", end.code, (double)delay / 1e9);
}

// Its orphans too: they are this process's children since.
static void reap(struct keeper *keeper)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == keeper->child.pid)
            supervisor_ended(keeper, status);
}

static void take_signal(struct keeper *keeper)
{
    struct signalfd_siginfo signal;
    if (read(keeper->signals, &signal, sizeof(signal)) != sizeof(signal) || signal.ssi_signo == SIGCHLD)
        return;
    keeper->is_stopping = true;
    keeper->start_at = 0; // a dead supervisor's successor is the one that can stop the others in order
    if (keeper->child.pid)
        process_signal(&keeper->child, SIGTERM);
}

static void watch(struct keeper *keeper, uint64_t woke_at)
{
    uint64_t now = monotonic_time();
    if (now - woke_at > SILENCE_NS / 2) // this process stood still itself: nobody could have shown life
        keeper->last_sign = now;
    if (!keeper->child.pid || !keeper->is_watched || now - keeper->last_sign <= SILENCE_NS)
        return;
    notice_write("the supervisor hangs (no sign of life for 3 s): killing pid %d", (int)keeper->child.pid);
    process_signal(&keeper->child, SIGKILL);
    keeper->is_hung = true;
    keeper->last_sign = now;
}

static int timeout_of(const struct keeper *keeper)
{
    uint64_t now = monotonic_time();
    if (keeper->child.pid)
        return 500;
    return keeper->start_at > now ? (int)((keeper->start_at - now) / 1000000) + 1 : 0;
}

static int keep_alive(struct keeper *keeper)
{
    start(keeper);
    while (keeper->exit_code < 0) {
        struct pollfd fds[] = {{.fd = keeper->signals, .events = POLLIN}, {.fd = keeper->socket, .events = POLLIN}};
        uint64_t before = monotonic_time();
        (void)poll(fds, 2, timeout_of(keeper));
        while (receive(keeper)) // before its sender is found dead: what it said last counts
            ;
        if (fds[0].revents)
            take_signal(keeper);
        reap(keeper);
        watch(keeper, before);
        if (!keeper->child.pid && keeper->exit_code < 0 && keeper->start_at <= monotonic_time())
            start(keeper);
    }
    return keeper->exit_code;
}

// The address is of the kernel's choice, and abstract: no file is left behind.
static int open_socket(char *ret_address, size_t size)
{
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    socklen_t length = sizeof(own);
    int on = 1, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&own, sizeof(own.sun_family)) ||
        setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) || getsockname(fd, (struct sockaddr *)&own, &length)) {
        int error = -errno;
        close(fd);
        return error;
    }
    int name = (int)(length - offsetof(struct sockaddr_un, sun_path)) - 1;
    snprintf(ret_address, size, "@%.*s", name, own.sun_path + 1);
    return fd;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    (void)signal(SIGPIPE, SIG_IGN); // a closed log ends nothing
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return -errno;
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int keeper_run(const char *path, char *const *arguments)
{
    static struct keeper keeper;
    char address[128], pid[16];
    keeper = (struct keeper){.path = path, .arguments = arguments, .child = {.pidfd = -1}, .exit_code = -1};
    keeper.signals = open_signals();
    keeper.socket = open_socket(address, sizeof(address));
    if (keeper.signals < 0 || keeper.socket < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
        notice_write("cannot keep a supervisor: %s", strerror(errno));
        return EXIT_REFUSED;
    }
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    (void)setenv("NARU_KEEPER", pid, 1);
    (void)setenv("NOTIFY_SOCKET", address, 1);
    (void)setenv("WATCHDOG_USEC", SILENCE_USEC, 1);
    (void)unsetenv("WATCHDOG_PID");
    return keep_alive(&keeper);
}
