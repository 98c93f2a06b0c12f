// SPDX-License-Identifier: Apache-2.0
// The epoch that gives a process the right to act.
#pragma once

#include "segment.h"
#include "worker.h"

// Whether naru-supervise has given the right to act to another process: then nothing is sent any more. One load of a
// line that is hardly ever written, unless naru-control has damaged it.
static inline bool worker_is_fenced(const struct worker *worker)
{
    struct segment_header *intent = worker->tables->segments[SEGMENT_INTENT];
    return atomic_load_explicit(&intent->reader_epoch, memory_order_relaxed) != worker->epoch &&
           tables_is_fenced(worker->tables, TABLES_DATAPLANE, worker->epoch);
}
