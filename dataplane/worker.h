// SPDX-License-Identifier: Apache-2.0
// A worker: one core, one graph, all state of the rooms on its shards. Nothing is shared, but for what says so.
#pragma once

#include "config.h"
#include "engine.h"
#include "entry.h"
#include "flow_cache.h"
#include "load_window.h"
#include "outbox.h"
#include "port.h"
#include "spill.h"
#include "wheel.h"

#include <rte_cycles.h>
#include <rte_graph.h>
#include <rte_hash.h>

#define WORKER_BURST         64u
#define WORKER_ERROR_BUCKETS 1024

struct worker {
    unsigned index;
    struct tables *tables;
    const struct config *config;
    struct entries *entries;
    uint64_t installed[TABLES_MAX_TRANSPORTS / 64]; // a bit per transport entry that is this worker's
    uint32_t takeover;                              // how far install_takeover is
    struct worker_state *state;
    struct srtp_engine *engine;
    size_t key_sizes[2]; // bytes of one expanded key: of CM, of GCM
    struct rte_graph *graph;
    struct rte_mempool *pool;

    uint64_t now, now_cycles, epoch; // now: monotonic ns, with now_cycles once per walk
    uint32_t send_time;              // the same as abs-send-time

    struct rte_hash *flows;              // five-tuple -> transport and path
    struct flow_cache flow_cache;        // what media comes on, in front of it
    struct known_sources *known_sources; // remote addresses of the flows
    struct rte_hash *ufrags;             // local ufrag -> transport
    struct rte_ring *handed_in;          // multi-producer: packets whose shard is here
    struct rte_ring *handed_to_tx;       // multi-producer: packets to send on a queue that this worker owns
    struct worker *const *workers;       // all of them, for the two rings above
    unsigned worker_count;
    uint8_t shard_worker[TABLES_MAX_SHARDS]; // this worker's copy of the shard table: where packets go
    struct shards shards;
    struct spill spill; // rooms that are larger than one worker
    struct wheel wheel; // ticks, by transport
    struct entry_pools pools;

    struct worker_outbox rtcp_outbox; // plain RTCP, to be protected
    struct worker_outbox udp_outbox;  // STUN checks, DTLS
    struct worker_outbox port_outbox; // whole frames: ARP, ND
    struct fan_out_queue fan_out;
    struct history history;
    struct nack_queue nacks;
    struct repair_queue repairs;
    int64_t unknown_credit; // cycles that packets from unknown sources may still take
    uint64_t unknown_refilled;
    struct {
        uint32_t window, count;
    } error_buckets[WORKER_ERROR_BUCKETS]; // STUN error answers per source prefix
    uint64_t random;
    uint32_t strangers;    // a bit per port: what is dropped early came in the last burst that was looked at for it
    struct load_walk walk; // this one
    bool events_sent;      // in this walk: naru-control was told of something
    int wake_fd, control_wake_fd;
    _Atomic clockid_t cpu_clock; // of its thread, for the one that watches; 0: it has not begun
};

RTE_DECLARE_PER_LCORE(struct worker *, worker_current);

static inline struct worker *worker_self(void)
{
    return RTE_PER_LCORE(worker_current);
}

// Everything a worker needs but its graph. 0 or -errno.
int worker_create(unsigned index, struct tables *tables, const struct config *config, struct entries *entries,
                  struct worker **ret_worker);
void worker_destroy(struct worker *worker);

// What the devices left in the pool is for the workers, in equal parts. -ENOBUFS: too little to work with.
int worker_use_packets(struct worker *worker, struct rte_mempool *pool, unsigned workers);

// Takes the worker's part of the tables over, on the lcore that will walk it; worker->now is set.
void worker_begin(struct worker *worker);

// One round: what naru-control changed, then the graph. The caller advances worker->now and now_cycles.
void worker_walk(struct worker *worker);

// The lcore's main: walks the graph until *worker_stop is set or its epoch is stale.
int worker_run(void *worker);
extern _Atomic int worker_stop;

// Hints for naru-control: a note does not wake it.
void worker_note(struct worker *worker, const struct transport_entry *transport, enum event_kind kind, uint64_t value);
void worker_event(struct worker *worker, const struct transport_entry *transport, enum event_kind kind, uint64_t value);
