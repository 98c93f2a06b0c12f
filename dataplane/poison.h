// SPDX-License-Identifier: Apache-2.0
// Sessions that kill workers. A worker notes in its state which transport it is working on (worker_works_on); a fatal
// signal or an endless loop is noted beside it. The next epoch reads both: a transport that was named by two crashes is
// not installed any more, so that one session costs two crashes at most. It is the session that is refused, not its
// peer: who offers anew gets a new transport, and two crashes more. A process that was killed or stopped from outside
// names nobody.
#pragma once

#include "segment.h"
#include "worker.h"

// What a crash from now on is blamed on.
static inline void worker_works_on(struct worker *worker, uint32_t transport)
{
    atomic_store_explicit(&worker->state->works_on, transport + 1, memory_order_relaxed);
}

static inline void worker_works_on_none(struct worker *worker)
{
    atomic_store_explicit(&worker->state->works_on, 0, memory_order_relaxed);
}

// Catches the fatal signals of the process, notes the crash and passes it on to whoever handled it before.
void poison_watch_signals(void);

// On the worker's lcore, before anything is installed: what the epoch before this one died of.
void poison_begin(struct worker *worker);

// Whether the transport of that generation has killed too often.
bool poison_is(const struct worker *worker, uint32_t transport, uint32_t generation);

// One look at a worker's life signs, from another thread: its heartbeat and the CPU time of its thread so far.
struct poison_look {
    uint64_t heartbeat, cpu_ns;
    bool loops;
};
// Notes a worker that has stood still for stall_ns although its thread ran all the time: it will be killed for it.
void poison_watch_loop(struct worker *worker, struct poison_look *look, uint64_t now, uint64_t stall_ns);
