// SPDX-License-Identifier: Apache-2.0
#include "borders.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

// The very descriptor, with what it may do; through /proc one would be opened anew.
static int take_descriptor(pid_t pid, int fd)
{
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int taken = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
    int error = taken < 0 ? -errno : 0;
    if (pidfd >= 0)
        close(pidfd);
    return error ? error : taken;
}

static int report(const char *way, bool closed)
{
    printf("%s: %s\n", way, closed ? "refused" : "OPEN");
    return !closed;
}

// Of a page that is mapped for reading: SIGSEGV is the answer.
static bool write_faults(void *page)
{
    int status;
    pid_t child = fork();
    if (!child) {
        (void)signal(SIGSEGV, SIG_DFL);
        *(volatile char *)page = 1;
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static int user_of(pid_t pid, uid_t *ret_user)
{
    char path[32];
    char line[128];
    int found = 0;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof(line), file))
        found = sscanf(line, "Uid: %u", ret_user) == 1;
    if (file)
        fclose(file);
    return found ? 0 : -ESRCH;
}

// As the user that the process runs under: root may open anything.
static bool reopening_fails(int fd, uid_t user)
{
    int status;
    pid_t child = fork();
    if (!child) {
        char path[32];
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        if (setresgid(user, user, user) || setresuid(user, user, user))
            _exit(2);
        _exit(open(path, O_RDWR) >= 0 ? 1 : 0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int borders_check(pid_t pid, int fd)
{
    uid_t user;
    int taken = take_descriptor(pid, fd), error = user_of(pid, &user);
    if (taken < 0 || error)
        return taken < 0 ? taken : error;
    bool refused = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, taken, 0) == MAP_FAILED && errno == EACCES;
    int open_ways = report("mapping it for writing", refused);
    void *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, taken, 0);
    if (page == MAP_FAILED)
        return -errno;
    open_ways += report("making a mapping writable", mprotect(page, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES);
    open_ways += report("writing through a mapping", write_faults(page));
    open_ways += report("writing to the descriptor", pwrite(taken, "", 1, 0) < 0 && errno == EBADF);
    if (user)
        open_ways += report("opening it again", reopening_fails(taken, user));
    munmap(page, PAGE);
    close(taken);
    return open_ways;
}
