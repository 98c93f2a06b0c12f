// SPDX-License-Identifier: Apache-2.0
// What naru-supervise knows of the processes: which are alive under which epoch, and how the former ones ended. In a
// memfd of its own, so that a supervisor's successor knows it too; naru-control reads it for those who ask.
// Writer: naru-supervise.
#pragma once

#include "record.h"

#include <stdbool.h>

#define SUPERVISION_EVENTS 48 // the latest; older ones are overwritten

enum supervised {
    SUPERVISED_CONTROL,
    SUPERVISED_DATAPLANE,
    SUPERVISED_SUPERVISE,
    SUPERVISED_SCTP,
    SUPERVISED_PROGRAMS
};

enum supervision_event_kind {
    SUPERVISION_STARTED = 1,
    SUPERVISION_READY,     // value: ms since its start
    SUPERVISION_ADOPTED,   // a supervisor's successor took it over
    SUPERVISION_SIGNALLED, // it ended; value: the signal
    SUPERVISION_EXITED,    // value: the exit code
    SUPERVISION_HUNG,      // killed: value: ms without a sign of life
    SUPERVISION_VANISHED,  // nobody saw how it ended: it was adopted, or no supervisor lived
    SUPERVISION_REPLACED,  // ended for an upgrade
    SUPERVISION_DELAYED,   // its start waits; value: ms
    SUPERVISION_EVENT_KINDS
};

struct supervision_event {
    uint64_t at; // monotonic ns
    uint64_t epoch;
    uint32_t program; // enum supervised
    uint32_t kind;    // enum supervision_event_kind
    uint32_t pid;
    uint32_t value;
};

struct supervised_program {
    uint32_t pid;        // 0: none
    uint32_t starts;     // by whatever reason
    uint64_t begin_time; // clock ticks since boot: tells it from a later process of the same pid
    uint64_t epoch;      // 0 for the supervisor
    uint64_t started_at; // monotonic ns
    uint64_t start_at;   // with pid 0: when it will be started
    uint32_t early_ends;
    uint32_t ever_ready;
    uint32_t adoptions;
    uint32_t reserved;
    struct supervision_event last_end; // how the former one ended; kind 0: there was none
};

struct supervision {
    uint64_t last_epoch; // the highest that was given to anyone
    uint32_t keeper_pid; // 0: systemd
    uint32_t made_run_directory;
    uint64_t event_count; // event n (from 1) stands in events[(n - 1) % SUPERVISION_EVENTS]
    struct supervised_program programs[SUPERVISED_PROGRAMS];
    uint32_t revisions[4]; // of the segments, as their owners signed them (tables_mend); 0: not noted yet
    uint32_t reserved[2 * 32 - sizeof(struct supervised_program) / 4 - 4]; // further programs
    struct supervision_event events[SUPERVISION_EVENTS];
};
_Static_assert(sizeof(struct supervision) % 8 == 0, "published word by word");
_Static_assert(sizeof(struct supervision) <= RECORD_MAX, "a record slot");

struct supervision_memory;

// ret_read_only_fd: cannot be mapped writable. 0 or -errno.
int supervision_create(int *ret_fd, int *ret_read_only_fd);

// 0, -EPROTO for what is no such memory or another release's, or -errno.
int supervision_attach(int fd, bool writes, struct supervision_memory **ret_memory);
void supervision_detach(struct supervision_memory *memory);

void supervision_publish(struct supervision_memory *memory, const struct supervision *supervision);
// Whole, or -ENOENT when there is none. Numbers are as the writer left them: their readers check them.
int supervision_read(const struct supervision_memory *memory, struct supervision *ret_supervision);

// Names for people and programs; "unknown" for a number that is none.
const char *supervised_name(uint32_t program);     // control
const char *supervision_event_name(uint32_t kind); // signalled
bool supervision_event_is_end(uint32_t kind);
