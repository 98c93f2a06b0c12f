// SPDX-License-Identifier: Apache-2.0
// Whether a program on disk could take over what runs: asked of itself (--check-memory), before anything is stopped.
#pragma once

#include "shared_memory.h"

#define TRIAL_WHY_SIZE 512

// 0; else -EPROTO, or -errno, with its own last line in ret_why.
int trial_run(const char *path, const char *config_path, const struct shared_memory *memory, enum tables_role role,
              char ret_why[TRIAL_WHY_SIZE]);
