// SPDX-License-Identifier: Apache-2.0
// The three segments for a test, made as naru-supervise makes them.
#pragma once

#include "segment.h"

struct segments {
    int fds[SEGMENT_KINDS], read_only[SEGMENT_KINDS];
};

extern const struct tables_limits small_limits;

void segments_open(struct segments *segments);
void segments_close(struct segments *segments);

// What a process is handed: its own segments writable, the other's read-only.
void segments_choose(const struct segments *segments, enum tables_role role, int ret_fds[SEGMENT_KINDS]);
