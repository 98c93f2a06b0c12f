// SPDX-License-Identifier: Apache-2.0
// Packets that wait inside a worker: made by timers and slow paths for the next walk, or on their way to many
// receivers.
#pragma once

#include "packet.h"

#define WORKER_OUTBOX        1024
#define WORKER_FAN_OUT_JOBS  1024u
#define WORKER_NACK_REQUESTS 1024

struct audience;
struct object_pool;
struct worker;

// What the worker's timers and slow paths made, waiting for the source node that sends it.
struct worker_outbox {
    struct rte_mbuf *mbufs[WORKER_OUTBOX];
    unsigned count;
};

// One packet that still goes to the receivers from `cursor` on.
struct fan_out_job {
    struct rte_mbuf *source;
    const struct audience *audience;
    uint32_t cursor; // receivers served so far
};

struct fan_out_queue {
    struct fan_out_job jobs[WORKER_FAN_OUT_JOBS];
    unsigned head, count;
    unsigned most; // that may wait, so that they never hold all packets there are and nothing can be made of them
    struct rte_mbuf *finished[WORKER_FAN_OUT_JOBS]; // freed when the walk that still reads them has ended
    unsigned finished_count;
};

// What viewers asked for and nothing was decided on yet.
struct nack_request {
    uint32_t route, generation;
    uint16_t sequence;
};

struct nack_queue {
    struct nack_request requests[WORKER_NACK_REQUESTS];
    unsigned head, count;
};

// Streams whose publishers are to be asked for lost packets: a ring of as many as there are.
struct repair_queue {
    uint32_t *streams;
    uint32_t head, count;
    uint64_t due; // monotonic ns
};

// A fresh mbuf with clean metadata, counted as created; NULL when the pool is dry.
struct rte_mbuf *worker_make_packet(struct worker *worker, enum create_kind kind);

// Queues what worker_make_packet made. The mbuf is dropped with a name when the outbox is full.
void worker_send(struct worker *worker, struct worker_outbox *outbox, struct rte_mbuf *mbuf);

// Gives an authentic plaintext to the fan-out. 0 or -ENOBUFS: the queue is full.
int fan_out_enqueue(struct worker *worker, struct rte_mbuf *mbuf, const struct audience *audience);

// The receiver at `place` went, and those after it moved up.
void fan_out_close_gap(struct worker *worker, const struct audience *audience, uint32_t place);

// The audience goes, before what is on its way to it.
void fan_out_forget(struct worker *worker, const struct audience *audience);

// An object from one of the worker's pools; NULL is counted.
void *worker_take(struct worker *worker, struct object_pool *pool, enum pool_kind kind);
