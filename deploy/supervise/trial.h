// SPDX-License-Identifier: Apache-2.0
// Whether a program on disk could take over what runs: asked of itself (--check-memory), before anything is stopped.
#pragma once

#include "process.h"
#include "shared_memory.h"

#define TRIAL_WHY_SIZE 512
#define TRIAL_NS       10000000000ULL // who has not answered by then is killed, and could not

struct trial {
    struct process process; // its pidfd becomes readable when the verdict is there; -1: no trial
    int says;               // its stderr, to be read
    uint64_t until;         // monotonic ns
    bool is_late;
};

static inline bool trial_is_on(const struct trial *trial)
{
    return trial->process.pidfd >= 0;
}

// Begins one, and waits for nothing. 0 or -errno, which leaves none.
int trial_begin(const char *path, const char *config_path, const struct shared_memory *memory, enum tables_role role,
                struct trial *ret_trial);

// To be called now and then: kills one that takes too long.
void trial_watch(struct trial *trial);

// Of one that has ended: 0; else -EPROTO, or -errno, with its own last line in ret_why.
int trial_end(struct trial *trial, char ret_why[TRIAL_WHY_SIZE]);

// Kills it; there is no verdict.
void trial_abandon(struct trial *trial);
