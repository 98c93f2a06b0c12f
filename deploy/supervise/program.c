// SPDX-License-Identifier: Apache-2.0
#include "program.h"
#include "monotonic_time.h"
#include "notice.h"
#include "threads.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static struct supervised_program *entry_of(const struct program *program)
{
    return &program->chronicle->now.programs[program->id];
}

// The former owner is dead and reaped: what it said of itself is no longer so.
static void clear_life_signs(const struct program *program)
{
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    atomic_store(&owned->owner_ready, 0);
    atomic_store(&owned->owner_pid, 0);
}

static bool has_segments(const struct program *program)
{
    return program->role != TABLES_SCTP;
}

static void give_epoch(const struct program *program, uint64_t epoch)
{
    if (has_segments(program))
        tables_give_epoch(&program->memory->tables, program->role, epoch);
    else
        atomic_store(&shared_memory_read(program->memory, program->role)->reader_epoch, epoch);
}

static bool is_fenced(const struct program *program, uint64_t epoch)
{
    if (has_segments(program))
        return tables_is_fenced(&program->memory->tables, program->role, epoch);
    return atomic_load(&shared_memory_read(program->memory, program->role)->reader_epoch) != epoch;
}

static void note_revisions(const struct program *program)
{
    if (has_segments(program))
        tables_note_revisions(&program->memory->tables, program->role, program->chronicle->now.revisions);
}

static void note(struct program *program, enum supervision_event_kind kind, uint64_t value)
{
    chronicle_note(program->chronicle, program->id, kind, (uint32_t)value);
}

// It waits until this is written: a supervisor that died in between has left no process that its successor does not
// know.
static void write_down(struct program *program, uint64_t epoch)
{
    struct supervised_program *entry = entry_of(program);
    entry->pid = (uint32_t)program->process.pid;
    entry->begin_time = process_begin_time(program->process.pid);
    entry->epoch = epoch;
    entry->started_at = monotonic_time();
    entry->starts++;
    note(program, SUPERVISION_STARTED, 0);
    (void)run_directory_set_pid(program->directory, program->pid_file, program->process.pid);
}

int program_start(struct program *program)
{
    int fds[SHARED_MEMORY_MAX_FDS];
    uint64_t epoch = chronicle_next_epoch(program->chronicle);
    char *const arguments[] = {(char *)program->name, "--config", (char *)program->config_path, NULL};
    const struct process_command command = {
        .path = program->path,
        .arguments = arguments,
        .fds = fds,
        .fd_count = shared_memory_fds(program->memory, program->role, fds),
        .first_fd = TABLES_FIRST_FD,
        .fate = PROCESS_KILLED_WITH_LIFELINE,
        .lifeline = program->lifeline,
        .epoch = epoch,
    };
    if (has_segments(program) &&
        tables_mend(&program->memory->tables, program->role, program->chronicle->now.revisions))
        notice_write("warning: a header of the shared memory was damaged, and is written anew; naru-control or "
                     "naru-dataplane has written where it must not");
    clear_life_signs(program);
    give_epoch(program, epoch);
    int error = process_start(&command, &program->process);
    if (error)
        return error;
    write_down(program, epoch);
    process_go(&program->process);
    program->phase = PROGRAM_RUNNING;
    program->killed_for = 0;
    watchdog_begin(&program->watchdog, monotonic_time());
    notice_write("%s started: pid %d, epoch %llu", program->name, (int)program->process.pid, (unsigned long long)epoch);
    return 0;
}

static void kill_it(struct program *program, enum supervision_event_kind why)
{
    give_epoch(program, 0); // should it still run for a moment: it may not act any more
    process_signal(&program->process, SIGKILL);
    program->phase = PROGRAM_KILLED;
    program->killed_for = why;
}

void program_replace(struct program *program)
{
    kill_it(program, SUPERVISION_REPLACED);
}

static void say_ready(struct program *program)
{
    uint64_t ms = (monotonic_time() - entry_of(program)->started_at) / 1000000;
    notice_write("%s is ready, %llu ms after its start", program->name, (unsigned long long)ms);
    entry_of(program)->ever_ready = 1;
    note_revisions(program);
    note(program, SUPERVISION_READY, ms);
}

void program_watch(struct program *program)
{
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    bool was_ready = program->watchdog.ready;
    uint64_t now = monotonic_time();
    uint64_t heartbeat = atomic_load(&owned->heartbeat);
    bool is_still = heartbeat == program->watchdog.heartbeat;
    bool hangs = watchdog_look(&program->watchdog, now, heartbeat, atomic_load(&owned->owner_ready),
                               is_still ? threads_waited(program->process.pid) : 0);
    if (!was_ready && program->watchdog.ready)
        say_ready(program);
    if (!hangs)
        return;
    char threads[THREADS_TEXT_SIZE];
    program->silent_ms = (uint32_t)((now - program->watchdog.last_change + program->watchdog.forgiven) / 1000000);
    threads_describe(program->process.pid, threads);
    notice_write("%s hangs (%s for %u ms): killing pid %d; its threads: %s", program->name,
                 program->watchdog.ready ? "no heartbeat" : "not ready", program->silent_ms, (int)program->process.pid,
                 threads);
    kill_it(program, SUPERVISION_HUNG);
}

static void tell_end(struct program *program, int error, int status)
{
    const char *name = program->name;
    int pid = (int)program->process.pid;
    if (program->killed_for) {
        note(program, program->killed_for, program->killed_for == SUPERVISION_HUNG ? program->silent_ms : 0);
        notice_write("%s ended: pid %d, %s", name, pid,
                     program->killed_for == SUPERVISION_HUNG ? "killed because it hung" : "to be replaced");
    } else if (error) { // another one's child: a predecessor started it
        note(program, SUPERVISION_VANISHED, 0);
        notice_write("%s ended: pid %d, nobody saw how", name, pid);
    } else if (WIFSIGNALED(status)) {
        note(program, SUPERVISION_SIGNALLED, (uint64_t)WTERMSIG(status));
        notice_write("%s ended: pid %d, signal %d (%s)", name, pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else {
        note(program, SUPERVISION_EXITED, (uint64_t)WEXITSTATUS(status));
        notice_write("%s ended: pid %d, exit code %d", name, pid, WEXITSTATUS(status));
    }
}

// error: of reaping.
static struct process_end settle(struct program *program, int error, int status)
{
    struct segment_header *owned = shared_memory_owned(program->memory, program->role);
    struct process_end end = {
        .by_signal = error || WIFSIGNALED(status),
        .code = error                 ? 0
                : WIFSIGNALED(status) ? WTERMSIG(status)
                                      : WEXITSTATUS(status),
        .lived = monotonic_time() - entry_of(program)->started_at,
        // It may have become ready after the last look.
        .was_ready = program->watchdog.ready || atomic_load(&owned->owner_ready),
        .hung = program->phase == PROGRAM_KILLED,
    };
    if (!end.was_ready) // it may have signed all the same
        note_revisions(program);
    tell_end(program, error, status);
    give_epoch(program, 0);
    clear_life_signs(program);
    (void)run_directory_set_pid(program->directory, program->pid_file, 0);
    entry_of(program)->pid = 0;
    program->process = (struct process){.pidfd = -1, .go = -1};
    program->phase = PROGRAM_STOPPED;
    chronicle_save(program->chronicle);
    return end;
}

static struct process_end collect(struct program *program)
{
    int status = 0, error = process_reap(&program->process, &status);
    return settle(program, error, status);
}

static enum restart_verdict plan(struct program *program, const struct process_end *end)
{
    uint64_t delay = 0;
    struct supervised_program *entry = entry_of(program);
    enum restart_verdict verdict = RESTART_AFTER_DELAY;
    if (program->killed_for != SUPERVISION_REPLACED)
        verdict = restart_policy_decide(&program->policy, end, &delay);
    if (verdict != RESTART_AFTER_DELAY)
        return verdict;
    program->phase = PROGRAM_WAITING;
    program->start_at = entry->start_at = monotonic_time() + delay;
    entry->early_ends = program->policy.early_ends;
    if (delay) {
        notice_write("%s is started again in %.1f s, after %u early ends in a row", program->name, (double)delay / 1e9,
                     program->policy.early_ends);
        note(program, SUPERVISION_DELAYED, delay / 1000000);
    }
    return verdict;
}

enum restart_verdict program_ended(struct program *program)
{
    struct process_end end = collect(program);
    return plan(program, &end);
}

enum restart_verdict program_adopt(struct program *program)
{
    struct supervised_program *entry = entry_of(program);
    program->policy = (struct restart_policy){.early_ends = entry->early_ends, .ever_ready = entry->ever_ready};
    program->start_at = entry->start_at;
    program->phase = program->is_absent ? PROGRAM_STOPPED : PROGRAM_WAITING;
    if (!entry->pid)
        return RESTART_AFTER_DELAY;
    watchdog_begin(&program->watchdog, monotonic_time());
    program->watchdog.ready = atomic_load(&shared_memory_owned(program->memory, program->role)->owner_ready);
    if (process_adopt((pid_t)entry->pid, entry->begin_time, &program->process)) {
        program->process.pid = (pid_t)entry->pid;
        struct process_end end = settle(program, -ESRCH, 0);
        return plan(program, &end);
    }
    program->phase = PROGRAM_RUNNING;
    entry->adoptions++;
    note(program, SUPERVISION_ADOPTED, 0);
    notice_write("%s taken over: pid %u, epoch %llu", program->name, entry->pid, (unsigned long long)entry->epoch);
    if (is_fenced(program, entry->epoch)) // it was about to be killed
        kill_it(program, SUPERVISION_HUNG);
    else
        give_epoch(program, entry->epoch); // in both places, whatever happened to one
    return RESTART_AFTER_DELAY;
}

void program_stop(struct program *program, int timeout_ms)
{
    if (program->phase == PROGRAM_RUNNING) {
        process_signal(&program->process, SIGTERM);
        if (!process_wait(&program->process, timeout_ms)) {
            notice_write("%s does not end by itself: killing pid %d", program->name, (int)program->process.pid);
            kill_it(program, 0);
        }
    }
    if (program->phase == PROGRAM_RUNNING || program->phase == PROGRAM_KILLED) {
        (void)process_wait(&program->process, -1); // of one that is not a child there is nothing else to wait for
        (void)collect(program);
    }
    program->phase = PROGRAM_STOPPED;
}
