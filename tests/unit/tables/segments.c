// SPDX-License-Identifier: Apache-2.0
#include "segments.h"

#include <CUnit/CUnit.h>
#include <unistd.h>

const struct tables_limits small_limits = {.workers = 2,
                                           .shards = 4,
                                           .ports_per_shard = 16,
                                           .first_port = 16384,
                                           .transports = 8,
                                           .streams = 16,
                                           .routes = 32,
                                           .ring_slots = 4};

void segments_open(struct segments *segments)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++)
        CU_ASSERT_EQUAL_FATAL(segment_create((enum segment_kind)kind, &small_limits, false, &segments->fds[kind],
                                             &segments->read_only[kind]),
                              0);
}

void segments_close(struct segments *segments)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close(segments->fds[kind]);
        close(segments->read_only[kind]);
    }
}

void segments_choose(const struct segments *segments, enum tables_role role, int ret_fds[SEGMENT_KINDS])
{
    ret_fds[SEGMENT_INTENT] =
        role == TABLES_DATAPLANE ? segments->read_only[SEGMENT_INTENT] : segments->fds[SEGMENT_INTENT];
    ret_fds[SEGMENT_STATE] = role == TABLES_CONTROL ? segments->read_only[SEGMENT_STATE] : segments->fds[SEGMENT_STATE];
    ret_fds[SEGMENT_RINGS] = segments->fds[SEGMENT_RINGS];
}
