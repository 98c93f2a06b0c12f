// SPDX-License-Identifier: Apache-2.0
// What a control shard is opened with.
#pragma once

#include "config.h"
#include "dtls_engine.h"
#include "segment.h"
#include "system.h"

struct control_setup {
    const struct config *config; // outlives the control
    int fds[SEGMENT_KINDS];
    const int *worker_wakes; // eventfds, one for each worker of the segments; outlives the control
    int journal_fd;          // -1: the one that stands behind the last of worker_wakes; behind it the supervision, and
                             // the link to naru-sctp
    int link_fd;             // with a journal_fd: the same link; 0: none
    uint64_t epoch;          // 0: the one that the state segment names
    const struct system *system;
    const struct dtls_engine *dtls;
};
