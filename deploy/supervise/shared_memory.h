// SPDX-License-Identifier: Apache-2.0
// What the two processes share and the supervisor holds: three segments, the journal, the eventfds.
#pragma once

#include "config.h"
#include "segment.h"

struct shared_memory {
    struct tables tables; // the supervisor's own view
    int writable[SEGMENT_KINDS], read_only[SEGMENT_KINDS];
    int journal; // of naru-control alone
    int control_wake;
    int worker_wake[TABLES_MAX_WORKERS];
};

#define SHARED_MEMORY_MAX_FDS (FD_WORKER_WAKE - TABLES_FIRST_FD + TABLES_MAX_WORKERS + 1)

struct tables_limits shared_memory_limits(const struct config *config);

// 2 MiB pages that the configuration takes in all: the segments and the dataplane's heap.
unsigned shared_memory_huge_pages(const struct config *config);

// 0, else -errno after one line that says what to do.
int shared_memory_create(const struct config *config, struct shared_memory *ret_memory);
void shared_memory_destroy(struct shared_memory *memory);

// The descriptors of a process in the order of enum tables_fd, for naru-control the journal after the last worker's.
// The segment that it only reads comes as a descriptor that cannot be mapped writable. Returns their number.
unsigned shared_memory_fds(const struct shared_memory *memory, enum tables_role role,
                           int ret_fds[SHARED_MEMORY_MAX_FDS]);

// The header that carries the life signs of a process, and the one that carries its epoch.
struct segment_header *shared_memory_owned(const struct shared_memory *memory, enum tables_role role);
struct segment_header *shared_memory_read(const struct shared_memory *memory, enum tables_role role);
