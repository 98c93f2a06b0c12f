// SPDX-License-Identifier: Apache-2.0
#include "program.h"
#include "notice.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

uint64_t program_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

// The former owner is dead and reaped: what it said of itself is no longer so.
static void clear_life_signs(const struct program *program)
{
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    atomic_store(&owned->owner_ready, 0);
    atomic_store(&owned->owner_pid, 0);
}

static void set_epoch(const struct program *program, uint64_t epoch)
{
    atomic_store(&shared_memory_read(program->memory, program->role)->reader_epoch, epoch);
}

int program_start(struct program *program, uint64_t epoch)
{
    int fds[SHARED_MEMORY_MAX_FDS];
    char *const arguments[] = {(char *)program->name, "--config", (char *)program->config_path, NULL};
    const struct process_command command = {
        .path = program->path,
        .arguments = arguments,
        .fds = fds,
        .fd_count = shared_memory_fds(program->memory, program->role, fds),
        .first_fd = TABLES_FIRST_FD,
        .epoch = epoch,
    };
    clear_life_signs(program);
    set_epoch(program, epoch);
    program->epoch = epoch;
    program->started_at = program_now();
    watchdog_begin(&program->watchdog, program->started_at);
    int error = process_start(&command, &program->pid, &program->pidfd);
    if (error)
        return error;
    program->phase = PROGRAM_RUNNING;
    (void)run_directory_set_pid(program->directory, program->pid_file, program->pid);
    notice_write("%s started: pid %d, epoch %llu", program->name, (int)program->pid, (unsigned long long)epoch);
    return 0;
}

static void kill_it(struct program *program)
{
    set_epoch(program, 0); // should it still run for a moment: it may not act any more
    (void)kill(program->pid, SIGKILL);
    program->phase = PROGRAM_KILLED;
}

void program_watch(struct program *program)
{
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    bool was_ready = program->watchdog.ready;
    bool hangs = watchdog_look(&program->watchdog, program_now(), atomic_load(&owned->heartbeat),
                               atomic_load(&owned->owner_ready));
    if (!was_ready && program->watchdog.ready)
        notice_write("%s is ready, %llu ms after its start", program->name,
                     (unsigned long long)(program_now() - program->started_at) / 1000000);
    if (!hangs)
        return;
    notice_write("%s hangs (%s): killing pid %d", program->name,
                 program->watchdog.ready ? "no heartbeat for 1 s" : "not ready after 10 s", (int)program->pid);
    kill_it(program);
}

static void tell_end(const struct program *program, const struct process_end *end)
{
    if (end->by_signal)
        notice_write("%s ended: pid %d, signal %d (%s)", program->name, (int)program->pid, end->code,
                     strsignal(end->code));
    else
        notice_write("%s ended: pid %d, exit code %d", program->name, (int)program->pid, end->code);
}

static struct process_end collect(struct program *program)
{
    int status = 0;
    (void)process_reap(program->pid, program->pidfd, &status);
    set_epoch(program, 0);
    clear_life_signs(program);
    (void)run_directory_set_pid(program->directory, program->pid_file, 0);
    program->pidfd = -1;
    program->phase = PROGRAM_STOPPED;
    return (struct process_end){
        .by_signal = WIFSIGNALED(status),
        .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
        .lived = program_now() - program->started_at,
        .was_ready = program->watchdog.ready,
    };
}

enum restart_verdict program_ended(struct program *program)
{
    uint64_t delay = 0;
    // It may have become ready after the last look.
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    program->watchdog.ready = program->watchdog.ready || atomic_load(&owned->owner_ready);
    struct process_end end = collect(program);
    tell_end(program, &end);
    enum restart_verdict verdict = restart_policy_decide(&program->policy, &end, &delay);
    if (verdict != RESTART_AFTER_DELAY)
        return verdict;
    program->phase = PROGRAM_WAITING;
    program->start_at = program_now() + delay;
    if (delay)
        notice_write("%s is started again in %.1f s", program->name, (double)delay / 1e9);
    return verdict;
}

void program_stop(struct program *program, int timeout_ms)
{
    if (program->phase == PROGRAM_RUNNING) {
        (void)kill(program->pid, SIGTERM);
        if (!process_wait(program->pidfd, timeout_ms)) {
            notice_write("%s does not end by itself: killing pid %d", program->name, (int)program->pid);
            kill_it(program);
        }
    }
    if (program->phase == PROGRAM_RUNNING || program->phase == PROGRAM_KILLED) {
        struct process_end end = collect(program);
        tell_end(program, &end);
    }
    program->phase = PROGRAM_STOPPED;
}
