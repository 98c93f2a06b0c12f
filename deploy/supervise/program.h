// SPDX-License-Identifier: Apache-2.0
// One supervised program and what it is doing.
#pragma once

#include "chronicle.h"
#include "process.h"
#include "restart_policy.h"
#include "run_directory.h"
#include "shared_memory.h"
#include "watchdog.h"

enum program_phase {
    PROGRAM_WAITING, // to be started at start_at
    PROGRAM_RUNNING,
    PROGRAM_KILLED, // SIGKILL was sent; its end is awaited
    PROGRAM_STOPPED,
};

struct program {
    const char *name;     // naru-control
    const char *pid_file; // control
    enum supervised id;
    enum tables_role role;
    char path[CONFIG_PATH_SIZE];
    const char *config_path;
    const struct shared_memory *memory;
    const struct run_directory *directory;
    struct chronicle *chronicle;
    int lifeline; // see process.h
    enum program_phase phase;
    bool is_absent;    // there is no such file, and it is not needed
    uint64_t start_at; // monotonic ns
    struct process process;
    enum supervision_event_kind killed_for; // SUPERVISION_HUNG, SUPERVISION_REPLACED; 0: not by this supervisor
    uint32_t silent_ms;                     // with SUPERVISION_HUNG
    struct restart_policy policy;
    struct watchdog watchdog;
};

// Fences, then starts: from here on only the process of this epoch may act. 0 or -errno.
int program_start(struct program *program);

// Takes over the process that a predecessor left, or what there is to do after its end.
enum restart_verdict program_adopt(struct program *program);

// Looks at the heartbeat, and kills a process that hangs.
void program_watch(struct program *program);

// Ends it at once, for its successor to be started.
void program_replace(struct program *program);

// After its pidfd became readable: reaps, and decides what next.
enum restart_verdict program_ended(struct program *program);

// SIGTERM, and SIGKILL after timeout_ms. Nothing if it does not run.
void program_stop(struct program *program, int timeout_ms);
