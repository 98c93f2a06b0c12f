// SPDX-License-Identifier: Apache-2.0
// What the supervisor would hold: configuration, segments, journal, epochs. It outlives both processes.
#pragma once

#include "config.h"
#include "segment.h"

#define WORKERS 2
#define SHARDS  4

struct machine {
    struct config config;
    struct tables supervise; // everything writable
    int writable[SEGMENT_KINDS], read_only[SEGMENT_KINDS], journal;
    uint64_t epoch; // the last that was given
};
extern struct machine machine;

// 0 or -errno.
int machine_open(void);
void machine_close(void);
// The descriptors as that process gets them.
void machine_fds(enum tables_role role, int ret_fds[SEGMENT_KINDS]);
// The next epoch, which from now on may act in that role.
uint64_t machine_next_epoch(enum tables_role role);
