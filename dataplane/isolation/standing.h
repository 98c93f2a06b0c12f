// SPDX-License-Identifier: Apache-2.0
// What a running process may do, as /proc shows it to anybody.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct standing {
    uid_t user;            // effective
    uint64_t capabilities; // effective, a bit each (capability.h)
    unsigned seccomp;      // mode
    bool no_new_privs;
    uint64_t locked_kb;
};

#define STANDING_FILTERED 2 // system calls go through a filter
#define STANDING_TEXT     256

// 0, -ENOENT when there is no such process, or -errno.
int standing_read(pid_t pid, struct standing *ret_standing);

// The names of the capabilities: "none", "all", or "net_admin net_raw".
void standing_capabilities(const struct standing *standing, char ret_text[STANDING_TEXT]);
