// SPDX-License-Identifier: Apache-2.0
// The three shared segments: made by naru-supervise, attached by the two processes, each with its own access.
#pragma once

#include "counters.h"
#include "dirty.h"
#include "layout.h"
#include "rings.h"
#include "route.h"
#include "shard.h"
#include "stream.h"
#include "transport.h"
#include "transport_state.h"

#include <stdbool.h>
#include <stddef.h>

// TABLES_SCTP: naru-sctp, which maps none of them.
enum tables_role { TABLES_SUPERVISE, TABLES_CONTROL, TABLES_DATAPLANE, TABLES_SCTP };

// One process's view. Pointers are this process's own; what they point at is checked at attach.
struct tables {
    enum tables_role role;
    struct tables_limits limits;
    struct segment_header *segments[SEGMENT_KINDS];
    size_t sizes[SEGMENT_KINDS];
    // This process's copy: a broken writer of a segment cannot lead it outside.
    struct table_span spans[SEGMENT_KINDS][TABLE_KINDS];
    bool keys_are_locked; // false: RLIMIT_MEMLOCK left no room, and the intent segment may be swapped out
};

// Makes a memfd for one segment and writes its header. huge: in 2 MiB pages (-ENOMEM at once when there are too few).
// read_only_fd: a second descriptor, opened for reading only, that cannot be mapped writable. 0 or -errno; -EINVAL:
// limits beyond those of layout.h.
int segment_create(enum segment_kind kind, const struct tables_limits *limits, bool huge, int *ret_fd,
                   int *ret_read_only_fd);

// A second descriptor of a memfd that cannot be mapped writable, or -errno.
int segment_reopen_read_only(int fd);

// Bytes that a segment takes, rounded to its page size.
size_t segment_size(enum segment_kind kind, const struct tables_limits *limits, bool huge);

// Maps all three (descriptors in the order of enum segment_kind) with the access that the role has, locks key memory
// and keeps it out of core dumps. 0 or -errno: -EPROTO when magic, version, hash or sizes are not this release's.
int tables_attach(enum tables_role role, const int fds[SEGMENT_KINDS], struct tables *ret_tables);
void tables_detach(struct tables *tables);

// The supervisor's, before it starts the process of that role: what a header says of the tables, written anew where
// naru-control or naru-dataplane has damaged it, and the revisions as they were noted. Returns whether it was damaged.
bool tables_mend(const struct tables *tables, enum tables_role role, uint32_t noted[SEGMENT_KINDS]);

// The supervisor's, once the process of that role has signed: what it wrote is what counts from here on.
void tables_note_revisions(const struct tables *tables, enum tables_role role, uint32_t noted[SEGMENT_KINDS]);

// The supervisor's: from here on the process of this epoch may act in that role, and no other; 0: nobody.
void tables_give_epoch(const struct tables *tables, enum tables_role role, uint64_t epoch);

// Whether the process of that epoch may not act any more. Only both places together say so: see acting_epoch.
bool tables_is_fenced(const struct tables *tables, enum tables_role role, uint64_t epoch);

// Whether a process of this release can take the role over these segments, asked without touching them (the descriptors
// may be for reading only). 0; else -EPROTO or -errno, and a line for people.
int tables_check(enum tables_role role, const int fds[SEGMENT_KINDS], char *ret_why, size_t size);

// The limits that a segment was made with, unchecked but for -EPROTO when there is no header.
int tables_limits_read(int fd, struct tables_limits *ret_limits);

// A record, or NULL for an index outside the table. The tables of each process are arrays: no search.
struct shard_intent_record *tables_shard(const struct tables *tables, uint32_t index);
struct transport_intent_record *tables_transport(const struct tables *tables, uint32_t index);
struct transport_state *tables_transport_state(const struct tables *tables, uint32_t index);
struct stream_intent_record *tables_stream(const struct tables *tables, uint32_t index);
struct stream_state *tables_stream_state(const struct tables *tables, uint32_t index);
struct route_intent_record *tables_route(const struct tables *tables, uint32_t index);
struct route_state *tables_route_state(const struct tables *tables, uint32_t index);
struct worker_state *tables_worker_state(const struct tables *tables, uint32_t worker);
struct port_state *tables_port_state(const struct tables *tables, uint32_t port);
struct dirty_bitmap *tables_dirty(const struct tables *tables, uint32_t worker);
struct ring *tables_ring(const struct tables *tables, uint32_t worker, enum ring_kind kind);
struct ring_waker *tables_worker_waker(const struct tables *tables, uint32_t worker);
struct ring_waker *tables_control_waker(const struct tables *tables);

// Naru-control: the next egress SSRC. Issued from a counter in the segment through a bijection, so none comes twice.
uint32_t tables_issue_ssrc(struct tables *tables);

// Descriptors by which the supervisor hands the segments and eventfds down, by number from TABLES_FIRST_FD:
// intent, state, rings, control's eventfd, then one eventfd per worker.
#define TABLES_FIRST_FD 10
enum tables_fd { FD_INTENT = TABLES_FIRST_FD, FD_STATE, FD_RINGS, FD_CONTROL_WAKE, FD_WORKER_WAKE };
