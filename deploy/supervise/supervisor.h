// SPDX-License-Identifier: Apache-2.0
// Two programs that are kept alive over one memory, one instance of each at a time.
#pragma once

#include "config.h"
#include "descriptor_store.h"

struct supervisor_options {
    const char *config_path;   // handed on to the programs
    const char *bin_directory; // where they are
    const char *own_path;      // of this program
    char **arguments;          // of this process
};

// What a start that failed with that code ends with: the same, or EXIT_CODE_TRY_AGAIN while there is something in the
// store to take over. That goes on without a supervisor, and an exit code that is final would end it.
int supervisor_refuse(const struct descriptor_store *store, int code);

// Makes everything, or takes over what a predecessor left in the store. Runs until SIGTERM (0), or until a program
// cannot be kept alive (1, or 2 when it refused the configuration). Returns the exit code, as supervisor_refuse has it.
int supervisor_run(const struct config *config, const struct supervisor_options *options,
                   struct descriptor_store *store);
