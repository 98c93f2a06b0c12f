// SPDX-License-Identifier: Apache-2.0
#include "trial.h"
#include "monotonic_time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// It reads what its role reads, and can write none of it.
static int start(const char *path, const char *config_path, const struct shared_memory *memory, enum tables_role role,
                 int error_fd, struct process *process)
{
    int fds[SHARED_MEMORY_MAX_FDS];
    char *const arguments[] = {(char *)path, "--config", (char *)config_path, "--check-memory", NULL};
    const struct process_command command = {
        .path = path,
        .arguments = arguments,
        .fds = fds,
        .fd_count = shared_memory_trial_fds(memory, role, fds),
        .first_fd = TABLES_FIRST_FD,
        .fate = PROCESS_KILLED_WITH_PARENT,
        .error_fd = error_fd,
    };
    int error = process_start(&command, process);
    if (!error)
        process_go(process);
    return error;
}

static void read_last_line(int fd, char ret_line[TRIAL_WHY_SIZE])
{
    char text[4096];
    ssize_t size = read(fd, text, sizeof(text) - 1);
    while (size > 0 && text[size - 1] == '\n')
        size--;
    text[size > 0 ? size : 0] = 0;
    const char *line = strrchr(text, '\n');
    snprintf(ret_line, TRIAL_WHY_SIZE, "%.*s", TRIAL_WHY_SIZE - 1, line ? line + 1 : text);
}

int trial_begin(const char *path, const char *config_path, const struct shared_memory *memory, enum tables_role role,
                struct trial *ret_trial)
{
    struct process process;
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC | O_NONBLOCK))
        return -errno;
    int error = start(path, config_path, memory, role, pipe[1], &process);
    close(pipe[1]);
    if (error)
        close(pipe[0]);
    else
        *ret_trial = (struct trial){.process = process, .says = pipe[0], .until = monotonic_time() + TRIAL_NS};
    return error;
}

void trial_watch(struct trial *trial)
{
    if (!trial_is_on(trial) || trial->is_late || monotonic_time() < trial->until)
        return;
    trial->is_late = true;
    process_signal(&trial->process, SIGKILL);
}

int trial_end(struct trial *trial, char ret_why[TRIAL_WHY_SIZE])
{
    int status = 0, error = process_reap(&trial->process, &status);
    if (!error && trial->is_late)
        error = -ETIMEDOUT;
    else if (!error && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        error = -EPROTO;
    read_last_line(trial->says, ret_why);
    close(trial->says);
    if (error && !ret_why[0])
        snprintf(ret_why, TRIAL_WHY_SIZE, "nothing (%s)", strerror(-error));
    return error;
}

void trial_abandon(struct trial *trial)
{
    char why[TRIAL_WHY_SIZE];
    process_signal(&trial->process, SIGKILL);
    (void)trial_end(trial, why);
}
