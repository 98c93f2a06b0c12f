// SPDX-License-Identifier: Apache-2.0
#include "trial.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIAL_MS 2000

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

static int judge(struct process *process)
{
    int status = 0;
    bool ended = process_wait(process, TRIAL_MS);
    if (!ended)
        process_signal(process, SIGKILL);
    int error = process_reap(process, &status);
    if (error || !ended)
        return error ? error : -ETIMEDOUT;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPROTO;
}

int trial_run(const char *path, const char *config_path, const struct shared_memory *memory, enum tables_role role,
              char ret_why[TRIAL_WHY_SIZE])
{
    struct process process;
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC | O_NONBLOCK))
        return -errno;
    int error = start(path, config_path, memory, role, pipe[1], &process);
    if (!error)
        error = judge(&process);
    close(pipe[1]);
    read_last_line(pipe[0], ret_why);
    close(pipe[0]);
    if (error && !ret_why[0])
        snprintf(ret_why, TRIAL_WHY_SIZE, "%s --check-memory: %s", path, strerror(-error));
    return error;
}
