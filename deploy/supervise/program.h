// SPDX-License-Identifier: Apache-2.0
// One supervised program and what it is doing.
#pragma once

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
    enum tables_role role;
    char path[CONFIG_PATH_SIZE];
    const char *config_path;
    const struct shared_memory *memory;
    const struct run_directory *directory;
    enum program_phase phase;
    uint64_t start_at; // monotonic ns
    uint64_t started_at;
    uint64_t epoch;
    pid_t pid;
    int pidfd;
    struct restart_policy policy;
    struct watchdog watchdog;
};

uint64_t program_now(void); // monotonic ns

// Fences, then starts: from here on only the process of this epoch may act. 0 or -errno.
int program_start(struct program *program, uint64_t epoch);

// Looks at the heartbeat, and kills a process that hangs.
void program_watch(struct program *program);

// After its pidfd became readable: reaps, and decides what next.
enum restart_verdict program_ended(struct program *program);

// SIGTERM, and SIGKILL after timeout_ms. Nothing if it does not run.
void program_stop(struct program *program, int timeout_ms);
