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

// Makes everything, or takes over what a predecessor left in the store. Runs until SIGTERM (0), or until a program
// cannot be kept alive (1, or 2 when it refused the configuration). Returns the exit code.
int supervisor_run(const struct config *config, const struct supervisor_options *options,
                   struct descriptor_store *store);
