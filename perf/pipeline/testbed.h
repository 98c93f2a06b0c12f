// SPDX-License-Identifier: Apache-2.0
// The dataplane in this process: its ports, worker and graph on the device of device.h, with shared memory of its own.
#pragma once

#include "dataplane.h"

#include <stdio.h>

#define TESTBED_PORT 16384
#define TESTBED_IP                                                                                                     \
    {                                                                                                                  \
        192, 0, 2, 1                                                                                                   \
    }
#define TESTBED_HOP                                                                                                    \
    {                                                                                                                  \
        192, 0, 2, 254                                                                                                 \
    } // everybody lives behind this router

struct testbed {
    struct tables control, dataplane; // the two processes' views
    struct entries entries;
    struct worker *worker;
    struct rte_mempool *pool;
    struct config config;
    bool huge;
    uint64_t base_ns, base_cycles; // the worker's clock
};
extern struct testbed testbed;

// Once for the program: EAL on one core (huge pages where there are enough), pool, device, port. 0, else -errno after a
// line on stderr.
int testbed_start(void);
void testbed_stop(void);

// Fresh shared memory for so many transports (as many streams and routes), before anything is written to it.
int testbed_open(uint32_t transports);
// The worker takes over what the tables say, until nothing is left to install.
int testbed_begin(void);
void testbed_close(void);

// One round of the worker, as worker_run makes it: clock, walk, counters.
void testbed_walk(void);

uint64_t testbed_dropped(void);
void testbed_print_drops(FILE *out);
