// SPDX-License-Identifier: Apache-2.0
// The dataplane in this process: its ports, worker and graph on the device of device.h, with shared memory of its own.
#pragma once

#include "dataplane.h"

#include <stdio.h>

#define GATEWAY_PORT 16384
#define GATEWAY_IP                                                                                                     \
    {                                                                                                                  \
        192, 0, 2, 1                                                                                                   \
    }
#define GATEWAY_HOP                                                                                                    \
    {                                                                                                                  \
        192, 0, 2, 254                                                                                                 \
    } // everybody lives behind this router

struct gateway {
    struct tables control, dataplane; // the two processes' views
    struct entries entries;
    struct worker *worker;
    struct rte_mempool *pool;
    struct config config;
    bool huge;
    uint64_t base_ns, base_cycles; // the worker's clock
};
extern struct gateway gateway;

// Once for the program: EAL on one core (huge pages where there are enough), pool, device, port. 0, else -errno after a
// line on stderr.
int gateway_start(void);
void gateway_stop(void);

// Fresh shared memory for so many transports (as many streams and routes), before anything is written to it.
int gateway_open(uint32_t transports);
// The worker takes over what the tables say, until nothing is left to install.
int gateway_begin(void);
void gateway_close(void);

// One round of the worker, as worker_run makes it: clock, walk, counters.
void gateway_walk(void);

uint64_t gateway_dropped(void);
void gateway_print_drops(FILE *out);
