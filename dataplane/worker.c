// SPDX-License-Identifier: Apache-2.0
#include "worker.h"

#include "fence.h"
#include "graph.h"
#include "handover.h"
#include "idle.h"
#include "install.h"
#include "known_sources.h"
#include "monotonic.h"
#include "path.h"
#include "poison.h"
#include "segment.h"
#include "walk_clock.h"

#include <errno.h>
#include <rte_graph_worker.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <stdio.h>
#include <sys/random.h>

#define HANDOFF_RING      1024
#define PACKETS_LEAST     (3 * WORKER_BURST) // a burst, and what one call of fan_out makes of it
#define PACKETS_RESERVED  WORKER_BURST       // not for plaintexts that wait
#define FLOWS_A_TRANSPORT 4                  // half of what one may have; most have one or two
#define INSTALLS_A_WALK   16
#define EMPTY_WALKS_IDLE  200
#define CLOCK_READINGS    3
#define PUBLISH_NS        200000000ULL // between two publications of the nodes' statistics

RTE_DEFINE_PER_LCORE(struct worker *, worker_current);
_Atomic int worker_stop;

static struct rte_hash *make_hash(const char *name, unsigned worker, uint32_t entries, uint32_t key_size)
{
    char full[RTE_HASH_NAMESIZE];
    snprintf(full, sizeof(full), "%s-%u", name, worker);
    struct rte_hash_parameters parameters = {
        .name = full, .entries = RTE_MAX(entries, 64u), .key_len = key_size, .socket_id = SOCKET_ID_ANY};
    return rte_hash_create(&parameters);
}

static struct rte_ring *make_ring(const char *name, unsigned worker)
{
    char full[RTE_RING_NAMESIZE];
    snprintf(full, sizeof(full), "%s-%u", name, worker);
    return rte_ring_create(full, HANDOFF_RING, SOCKET_ID_ANY, RING_F_SC_DEQ);
}

static int make_parts(struct worker *worker, const struct tables_limits *limits)
{
    const uint32_t flows = limits->transports * FLOWS_A_TRANSPORT + 1024;
    worker->flows = make_hash("flows", worker->index, flows, FLOW_KEY_SIZE);
    worker->known_sources = known_sources_create(flows);
    worker->ufrags = make_hash("ufrags", worker->index, limits->transports + 64, LOCAL_UFRAG_SIZE);
    worker->handed_in = make_ring("handed-in", worker->index);
    worker->handed_to_tx = make_ring("handed-to-tx", worker->index);
    if (!worker->flows || !worker->known_sources || !worker->ufrags || !worker->handed_in || !worker->handed_to_tx)
        return -ENOMEM;
    int error = flow_cache_create(limits->transports * FLOWS_A_TRANSPORT / 2, worker->random, &worker->flow_cache);
    if (!error)
        error = wheel_create(limits->transports, &worker->wheel);
    return error ? error : srtp_engine_create(SRTP_BACKEND_AUTO, &worker->engine);
}

static void open_pools(struct worker *worker)
{
    for (unsigned i = 0; i < RTE_DIM(worker->key_sizes); i++)
        object_pool_open(&worker->pools.keys[i], KEYS_PER_EPOCH * worker->key_sizes[i]);
    object_pool_open(&worker->pools.route_lists, AUDIENCE_SHORT * sizeof(uint32_t));
    object_pool_open(&worker->pools.histories, sizeof(struct history_index));
    object_pool_open(&worker->pools.missing, sizeof(struct missing));
    object_pool_open(&worker->pools.retransmissions, sizeof(struct retransmission));
}

static void close_pools(struct worker *worker)
{
    for (unsigned i = 0; i < RTE_DIM(worker->key_sizes); i++)
        object_pool_close(&worker->pools.keys[i]);
    object_pool_close(&worker->pools.route_lists);
    object_pool_close(&worker->pools.histories);
    object_pool_close(&worker->pools.missing);
    object_pool_close(&worker->pools.retransmissions);
}

// The history is nothing that a successor needs: its viewers ask for a key frame.
static int make_repair(struct worker *worker)
{
    size_t size = (size_t)worker->config->memory.history_mb << 20;
    worker->repairs.streams = rte_malloc("repairs", worker->entries->stream_count * sizeof(uint32_t), 64);
    if (!worker->repairs.streams)
        return -ENOMEM;
    if (size == 0)
        return 0;
    void *memory = rte_malloc("history", size, HISTORY_LINE);
    return memory ? history_open(&worker->history, memory, size) : -ENOMEM;
}

int worker_use_packets(struct worker *worker, struct rte_mempool *pool, unsigned workers)
{
    unsigned share = rte_mempool_avail_count(pool) / workers;
    worker->pool = pool;
    if (share < PACKETS_LEAST)
        return -ENOBUFS;
    worker->fan_out.most = RTE_MIN(share - PACKETS_RESERVED, WORKER_FAN_OUT_JOBS);
    return 0;
}

int worker_create(unsigned index, struct tables *tables, const struct config *config, struct entries *entries,
                  struct worker **ret_worker)
{
    struct worker *worker = rte_zmalloc("worker", sizeof(*worker), 64);
    if (!worker)
        return -ENOMEM;
    worker->index = index;
    worker->tables = tables;
    worker->config = config;
    worker->entries = entries;
    worker->state = tables_worker_state(tables, index);
    worker->wake_fd = FD_WORKER_WAKE + (int)index;
    worker->control_wake_fd = FD_CONTROL_WAKE;
    if (getrandom(&worker->random, sizeof(worker->random), 0) < 0 || worker->random == 0)
        worker->random = rte_rdtsc() | 1;
    int error = make_parts(worker, &tables->limits);
    if (!error)
        error = spill_create(worker, tables->limits.workers);
    if (error)
        return error;
    worker->key_sizes[0] = srtp_keys_size(worker->engine, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
    worker->key_sizes[1] = srtp_keys_size(worker->engine, SRTP_SUITE_AEAD_AES_128_GCM);
    open_pools(worker);
    error = make_repair(worker);
    if (error)
        return error;
    *ret_worker = worker;
    return 0;
}

void worker_destroy(struct worker *worker)
{
    spill_destroy(worker);
    rte_free(worker->history.memory);
    rte_free(worker->repairs.streams);
    close_pools(worker);
    srtp_engine_free(worker->engine);
    rte_ring_free(worker->handed_to_tx);
    rte_ring_free(worker->handed_in);
    rte_hash_free(worker->ufrags);
    known_sources_free(worker->known_sources);
    wheel_free(&worker->wheel);
    flow_cache_free(&worker->flow_cache);
    rte_hash_free(worker->flows);
    rte_free(worker);
}

void worker_note(struct worker *worker, const struct transport_entry *transport, enum event_kind kind, uint64_t value)
{
    struct ring_message message = {
        .transport = transport->index, .generation = transport->generation, .kind = (uint16_t)kind, .value = value};
    struct ring *ring = tables_ring(worker->tables, worker->index, RING_EVENT);
    (void)ring_push(ring, worker->tables->limits.ring_slots, &message); // a hint: the truth is in state
}

void worker_event(struct worker *worker, const struct transport_entry *transport, enum event_kind kind, uint64_t value)
{
    worker_note(worker, transport, kind, value);
    worker->events_sent = true;
}

// The narrowest of a few readings: the thread may be interrupted between the two clocks.
static void read_clocks(uint64_t *ret_cycles, uint64_t *ret_ns)
{
    uint64_t narrowest = UINT64_MAX;
    for (int i = 0; i < CLOCK_READINGS; i++) {
        uint64_t before = rte_rdtsc(), ns = monotonic_ns(), width = rte_rdtsc() - before;
        if (width >= narrowest)
            continue;
        narrowest = width;
        *ret_cycles = before + width / 2;
        *ret_ns = ns;
    }
}

static void advance_clock(struct worker *worker, struct walk_clock *clock)
{
    uint64_t cycles = rte_rdtsc();
    bool is_new = clock->interval == 0;
    if (is_new || walk_clock_is_due(clock, cycles)) {
        uint64_t at = 0, ns = 0;
        read_clocks(&at, &ns);
        is_new ? walk_clock_start(clock, at, ns, rte_get_tsc_hz()) : walk_clock_set(clock, at, ns);
        cycles = rte_rdtsc();
    }
    // Never back: timers and rates subtract.
    worker->now = RTE_MAX(worker->now, walk_clock_read(clock, cycles));
    worker->now_cycles = cycles;
}

// What the killed epoch before this one held in its pools is gone: it becomes a drop with a name.
static void settle_balance(struct worker_state *state)
{
    int64_t under_way = worker_balance(state);
    if (under_way > 0)
        counter_add(&state->dropped[DROP_WORKER_KILLED_IN_FLIGHT], (uint64_t)under_way);
    else
        counter_add(&state->received, (uint64_t)-under_way);
}

static void start_counting(struct worker *worker)
{
    struct worker_state *state = worker->state;
    settle_balance(state);
    atomic_store_explicit(&state->transports, 0, memory_order_relaxed);
    atomic_store_explicit(&state->load, 0, memory_order_relaxed);
    atomic_store_explicit(&state->epoch, worker->epoch, memory_order_relaxed);
    atomic_store_explicit(&state->cycles_per_second, rte_get_tsc_hz(), memory_order_relaxed);
    atomic_store_explicit(&state->cpu, rte_lcore_to_cpu_id((int)rte_lcore_id()), memory_order_relaxed);
}

static void install_changes(struct worker *worker)
{
    uint32_t changed[INSTALLS_A_WALK];
    struct dirty_bitmap *dirty = tables_dirty(worker->tables, worker->index);
    install_shards(worker);
    unsigned count = dirty_take(dirty, changed, INSTALLS_A_WALK);
    handover_advance(worker);
    for (unsigned i = 0; i < count; i++)
        install_change(worker, changed[i]);
    worker->walk.worked |= count > 0;
    worker->walk.worked |= install_takeover(worker, INSTALLS_A_WALK - count);
}

void worker_begin(struct worker *worker)
{
    RTE_PER_LCORE(worker_current) = worker;
    poison_begin(worker);
    start_counting(worker);
    install_everything(worker);
}

void worker_walk(struct worker *worker)
{
    worker->walk = (struct load_walk){0};
    install_changes(worker);
    rte_graph_walk(worker->graph);
    worker_works_on_none(worker);
    if (worker->spill.to_wake)
        spill_wake(worker);
    if (worker->events_sent) {
        worker->events_sent = false;
        ring_wake(tables_control_waker(worker->tables), worker->control_wake_fd);
    }
}

// What others see of it from time to time.
struct publication {
    uint64_t nodes_at, load_at; // worker->now
    struct load_window load;
    uint64_t lost; // cycles that others had of this CPU, since the worker began
};

static void publish(struct worker *worker, struct publication *last)
{
    struct worker_state *state = worker->state;
    if (worker->now - last->load_at > LOAD_STEP_NS) {
        uint32_t load = load_window_step(&last->load, counter_get(&state->cycles_total) - last->lost,
                                         counter_get(&state->cycles_busy));
        atomic_store_explicit(&state->load, load, memory_order_relaxed);
        last->load_at = worker->now;
    }
    if (worker->now - last->nodes_at > PUBLISH_NS) {
        graph_publish(worker);
        last->nodes_at = worker->now;
    }
}

int worker_run(void *argument)
{
    struct worker *worker = argument;
    struct worker_state *state = worker->state;
    struct walk_clock clock = {0};
    struct publication last = {0};
    uint64_t began = rte_rdtsc(), second = rte_get_tsc_hz();
    unsigned empty = 0;
    advance_clock(worker, &clock);
    worker_begin(worker);
    load_window_start(&last.load, counter_get(&state->cycles_total), counter_get(&state->cycles_busy), second);
    while (!atomic_load_explicit(&worker_stop, memory_order_relaxed) && !worker_is_fenced(worker)) {
        advance_clock(worker, &clock);
        worker_walk(worker);
        uint64_t ended = rte_rdtsc(), lost = load_walk_lost(ended - worker->now_cycles, second);
        last.lost += lost;
        counter_add(&state->cycles_total, ended - began);
        counter_add(&state->cycles_busy, load_walk_busy(&worker->walk, ended - worker->now_cycles - lost));
        began = ended;
        counter_add(&state->walks, 1);
        atomic_store_explicit(&state->heartbeat, worker->now, memory_order_relaxed);
        publish(worker, &last);
        empty = load_walk_is_empty(&worker->walk) ? empty + 1 : 0;
        if (empty > EMPTY_WALKS_IDLE && worker->config->gateway.idle == CONFIG_IDLE_ADAPTIVE)
            idle_sleep(worker);
    }
    return 0;
}
