// SPDX-License-Identifier: Apache-2.0
// A worker's random numbers: cheap, and good enough for what needs no secrecy.
#pragma once

#include "worker.h"

// xorshift64*: transaction ids' lower bits, start offsets, jitter; never keys.
static inline uint64_t worker_random(struct worker *worker)
{
    worker->random ^= worker->random >> 12;
    worker->random ^= worker->random << 25;
    worker->random ^= worker->random >> 27;
    return worker->random * 0x2545f4914f6cdd1dULL;
}

// RFC 3550 6.3.1: half to one and a half times the interval, so that sessions that began together do not stay in step.
static inline uint64_t worker_jitter(struct worker *worker, uint64_t interval)
{
    return interval / 2 + worker_random(worker) % interval;
}
