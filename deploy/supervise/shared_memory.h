// SPDX-License-Identifier: Apache-2.0
// What the two processes share and the supervisor holds: three segments, the journal, the eventfds; and what it knows
// of them itself.
#pragma once

#include "config.h"
#include "descriptor_store.h"
#include "segment.h"
#include "supervision.h"
#include "tcp_listeners.h"

struct shared_memory {
    struct tables tables; // the supervisor's own view
    int writable[SEGMENT_KINDS], read_only[SEGMENT_KINDS];
    int journal, journal_read_only; // of naru-control alone
    int control_wake;
    int worker_wake[TABLES_MAX_WORKERS];
    int supervision, supervision_read_only;
    struct supervision_memory *supervised;
    int sctp_link[2]; // a socket pair: naru-control's end, naru-sctp's
    int sctp_life;    // of naru-sctp: one header, without tables, for its epoch and its signs of life
    struct segment_header *sctp_header;
    struct tcp_listeners tcp; // for naru-control
};

#define SHARED_MEMORY_MAX_FDS (FD_WORKER_WAKE - TABLES_FIRST_FD + TABLES_MAX_WORKERS + 3 + CONFIG_ADDRESSES_MAX)

struct tables_limits shared_memory_limits(const struct config *config);

// 2 MiB pages that the configuration takes in all: the segments and the dataplane's heap.
unsigned shared_memory_huge_pages(const struct config *config);

// 0, else -errno after one line that says what to do.
int shared_memory_create(const struct config *config, struct shared_memory *ret_memory);
void shared_memory_destroy(struct shared_memory *memory);

// Hands all of it to the store, under fixed names: before the first process that uses it is started. 0 or -errno.
int shared_memory_keep(const struct shared_memory *memory, struct descriptor_store *store);

// Takes over what a predecessor kept. -ENOENT: there is none, or not all of it, so that no process can use it; -EPROTO:
// another release's; or -errno.
int shared_memory_adopt(const struct descriptor_store *store, struct shared_memory *ret_memory);

// What a former release did not have, and what this one needs beside it. 0 or -errno.
int shared_memory_complete(struct shared_memory *memory, struct descriptor_store *store);

// Whether this release could go on with the descriptors that start at first_fd in the order that shared_memory_fds
// gives the supervisor. 0; else -EPROTO or -errno, and a line for people.
int shared_memory_check(int first_fd, char *ret_why, size_t size);

// The descriptors of a process in the order of enum tables_fd; for naru-control the journal, the supervision,
// the link and the sockets that listen follow the last worker's; naru-sctp has the link and its page alone. What it
// only reads comes as a descriptor that cannot be mapped writable; with role TABLES_SUPERVISE all segments and the
// journal come so. Returns their number.
unsigned shared_memory_fds(const struct shared_memory *memory, enum tables_role role,
                           int ret_fds[SHARED_MEMORY_MAX_FDS]);

// The same for a trial of that role's program (--check-memory): all memory for reading only, in the order that
// TABLES_SUPERVISE has; the dataplane's ends before the journal.
unsigned shared_memory_trial_fds(const struct shared_memory *memory, enum tables_role role,
                                 int ret_fds[SHARED_MEMORY_MAX_FDS]);

// The header that carries the life signs of a process, and the one that carries its epoch.
struct segment_header *shared_memory_owned(const struct shared_memory *memory, enum tables_role role);
struct segment_header *shared_memory_read(const struct shared_memory *memory, enum tables_role role);
