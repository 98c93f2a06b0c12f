// SPDX-License-Identifier: Apache-2.0
// The process as a whole: segments, devices, workers, and the main thread's watch over them.
#pragma once

#include "poison.h"
#include "segment.h"

struct dataplane {
    const struct config *config;
    struct tables tables;
    struct entries entries;
    struct rte_mempool *pool;
    struct worker *workers[TABLES_MAX_WORKERS];
    struct poison_look looks[TABLES_MAX_WORKERS]; // of the main thread at them
    unsigned worker_count;
    uint64_t epoch;
};

// The segments that naru-supervise handed down, and the epoch it gave. 0, else -errno after a clear line on stderr.
int dataplane_attach(struct dataplane *dataplane, const struct config *config);

// Whether this release could take over what runs, asked without touching it. 0, else -errno after a clear line on
// stderr.
int dataplane_check_memory(void);

// Pools, devices, workers: forwarding when it returns. 0, else -errno after a clear line on stderr.
int dataplane_start(struct dataplane *dataplane);

// The main thread: heartbeat as long as every worker has one, device counters; returns when told to stop or fenced off.
void dataplane_watch(struct dataplane *dataplane);

void dataplane_stop(struct dataplane *dataplane);
