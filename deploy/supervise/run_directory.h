// SPDX-License-Identifier: Apache-2.0
// The run directory: one gateway at a time, and the process ids for those who look.
#pragma once

#include "config.h"
#include <stdbool.h>
#include <sys/types.h>

struct run_directory {
    char path[CONFIG_PATH_SIZE];
    int fd;    // holds the lock
    bool made; // by us: goes with us
};

// Makes the directory where there is none, and locks it. 0, else -errno after one line that says what to do.
int run_directory_open(const char *path, struct run_directory *ret_directory);

// Takes it over from a predecessor, with its lock: fd is a descriptor that it opened, and stays the caller's.
int run_directory_adopt(const char *path, int fd, bool made, struct run_directory *ret_directory);

// Writes NAME.pid, whole or not at all; pid 0 removes it.
int run_directory_set_pid(const struct run_directory *directory, const char *name, pid_t pid);

void run_directory_close(struct run_directory *directory);
