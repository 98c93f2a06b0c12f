// SPDX-License-Identifier: Apache-2.0
// What workers and ports count, read by naru-control while it is written: single 64-bit words, relaxed.
#pragma once

#include "drop_reasons.h"
#include "layout.h"
#include "packet_kinds.h"

#define COUNTERS_MAX_NODES 48

static inline void counter_add(_Atomic uint64_t *counter, uint64_t amount)
{
    // One writer: a plain load and store, no locked instruction.
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + amount, memory_order_relaxed);
}

static inline uint64_t counter_get(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

struct node_counters {
    char name[32];
    _Atomic uint64_t calls, packets, cycles;
};

// received + sum(created) = sent + sum(consumed) + sum(dropped), exactly, when no packet is under way.
// The counters run on over restarts; what a killed process held is added to DROP_WORKER_KILLED_IN_FLIGHT.
// Writer: the worker.
struct worker_state {
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t epoch;
    _Atomic uint64_t heartbeat; // monotonic ns
    _Atomic uint64_t cycles_per_second;
    _Atomic uint64_t cycles_total, cycles_busy; // busy: walks that found work
    _Atomic uint64_t walks, sleeps;
    _Atomic uint32_t cpu, transports;
    _Atomic uint32_t load; // thousandths of the cycles of the last second that were busy

    // What a crash is blamed on. crashed: also by the signal's handler, and for an endless loop by the main thread.
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t works_on; // index of a transport and 1; 0: none in particular
    _Alignas(TABLES_CACHE_LINE) _Atomic uint32_t crashed;

    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t received;
    _Atomic uint64_t sent, received_bytes, sent_bytes;
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t created[CREATE_KINDS_MAX];
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t consumed[CONSUME_KINDS_MAX];
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t dropped[DROP_REASONS_MAX];
    _Alignas(TABLES_CACHE_LINE) struct node_counters nodes[COUNTERS_MAX_NODES];
    _Alignas(TABLES_CACHE_LINE) _Atomic uint64_t nacked[NACK_OUTCOMES_MAX]; // sequence numbers
    _Atomic uint64_t history_stored, history_overwritten;                   // packets
    _Atomic uint64_t ran_dry[POOL_KINDS_MAX];                               // times
    _Atomic uint64_t shards[TABLES_MAX_SHARDS / 64];                        // that it owns, a bit each
    TABLES_SPARE(80);
};

// Packets under way; negative: it was killed between the counting of a send and its making.
static inline int64_t worker_balance(const struct worker_state *state)
{
    uint64_t in = counter_get(&state->received), out = counter_get(&state->sent);
    for (unsigned i = 0; i < CREATE_KINDS_MAX; i++)
        in += counter_get(&state->created[i]);
    for (unsigned i = 0; i < CONSUME_KINDS_MAX; i++)
        out += counter_get(&state->consumed[i]);
    for (unsigned i = 0; i < DROP_REASONS_MAX; i++)
        out += counter_get(&state->dropped[i]);
    return (int64_t)(in - out);
}

// Writer: the dataplane's main thread.
struct port_state {
    _Alignas(TABLES_CACHE_LINE) char device[64]; // the driver and what it stands on
    char offloads[192];                          // "tx-udp-checksum=software ...", as printed at start
    uint8_t mac[6];
    uint8_t reserved[2];
    _Atomic uint32_t link_up;
    _Atomic uint64_t received, received_bytes, sent, sent_bytes, missed, errors;
    TABLES_SPARE(64);
};
_Static_assert(CREATE_KINDS <= CREATE_KINDS_MAX && CONSUME_KINDS <= CONSUME_KINDS_MAX, "there is room");
_Static_assert(POOL_KINDS <= POOL_KINDS_MAX, "there is room");
_Static_assert(DROP_REASONS <= DROP_REASONS_MAX && NACK_OUTCOMES <= NACK_OUTCOMES_MAX, "there is room");
