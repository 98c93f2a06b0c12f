// SPDX-License-Identifier: Apache-2.0
#include "isolation.h"
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define FDS_AT_START 128 // the supervisor hands down no more

static void refuse_dumps(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

void isolation_begin(void)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    refuse_dumps();
}

// A descriptor that signals its owner does so in the name of who set the owner: the supervisor's lifeline must be able
// to end this process also where root is only a user namespace's.
static void own_signals(void)
{
    for (int fd = 0; fd < FDS_AT_START; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && flags & O_ASYNC)
            (void)fcntl(fd, F_SETOWN, getpid());
    }
}

int isolation_check_user(const char *program, const char *key, const char *user)
{
    struct identity identity;
    int error = identity_find(user, &identity);
    if (error)
        fprintf(stderr, "%s: %s: %s is no user: %s\n", program, key, user, strerror(-error));
    else if (identity.is_unnamed)
        fprintf(stderr, "%s: %s: this machine has no user %s: it will be number %u\n", program, key, user,
                (unsigned)identity.user);
    return error;
}

static int leave_root(const char *program, const char *user)
{
    struct identity identity;
    int error = identity_find(user, &identity);
    if (error) {
        fprintf(stderr, "%s: processes: %s is no user: %s\n", program, user, strerror(-error));
        return error;
    }
    if (!identity.user) {
        fprintf(stderr, "%s: warning: it goes on as root, as the configuration says (section processes)\n", program);
        return 0;
    }
    error = identity_take(&identity);
    if (error)
        fprintf(stderr, "%s: cannot become user %s (%u): %s; give the service CAP_SETUID and CAP_SETGID\n", program,
                user, (unsigned)identity.user, strerror(-error));
    else
        own_signals();
    return error;
}

int isolation_enter(const char *program, const char *user, enum filter_kind filter)
{
    int error = geteuid() ? 0 : leave_root(program, user);
    if (error)
        return error;
    refuse_dumps(); // another user is dumpable again
    error = syscall_filter_load(filter);
    if (error == -EINVAL || error == -ENOSYS) {
        fprintf(stderr, "%s: warning: this kernel has no filter of system calls (seccomp)\n", program);
        return 0;
    }
    if (error)
        fprintf(stderr, "%s: cannot filter system calls: %s\n", program, strerror(-error));
    return error;
}
