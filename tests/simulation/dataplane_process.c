// SPDX-License-Identifier: Apache-2.0
#include "dataplane_process.h"

#include "fence.h"
#include "graph.h"
#include "link_frame.h"
#include "machine.h"
#include "packet_pool.h"
#include "process.h"
#include "simulation.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_lcore.h>
#include <sched.h>
#include <stdio.h>

#define POOL_SIZE    2047
#define RING_SIZE    1024
#define WALKS        3
#define HEARTBEAT_NS (100 * MILLISECOND)

static struct {
    struct tables tables;
    struct entries entries;
    struct worker *workers[WORKERS];
    struct rte_mempool *pool;
    uint64_t epoch, heartbeat_at;
    bool is_alive;
} dataplane;
static struct rte_ring *inward[WORKERS], *outward[WORKERS];

static int start_eal(void)
{
    char cpus[32];
    cpu_set_t allowed;
    int cpu = 0;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &allowed))
        cpu++;
    snprintf(cpus, sizeof(cpus), "--lcores=0@%d", cpu);
    char *arguments[] = {"naru-simulate", "--no-huge",      "--no-pci", "--no-shconf",
                         "-m192",         "--no-telemetry", cpus,       "--log-level=*:error"};
    return rte_eal_init(RTE_DIM(arguments), arguments) < 0 ? -ENODEV : 0;
}

int dataplane_boot(void)
{
    int fds[SEGMENT_KINDS];
    int error = start_eal();
    if (error)
        return error;
    for (unsigned queue = 0; queue < WORKERS; queue++) {
        char name[2][RTE_RING_NAMESIZE];
        snprintf(name[0], sizeof(name[0]), "in-%u", queue);
        snprintf(name[1], sizeof(name[1]), "out-%u", queue);
        inward[queue] = rte_ring_create(name[0], RING_SIZE, SOCKET_ID_ANY, 0);
        outward[queue] = rte_ring_create(name[1], RING_SIZE, SOCKET_ID_ANY, 0);
        if (!inward[queue] || !outward[queue])
            return -ENOMEM;
    }
    if (rte_eth_from_rings("port", inward, WORKERS, outward, WORKERS, SOCKET_ID_ANY) < 0)
        return -ENODEV;
    machine_fds(TABLES_DATAPLANE, fds);
    error = tables_attach(TABLES_DATAPLANE, fds, &dataplane.tables);
    struct rte_mempool *pool = error ? NULL : packet_pool_create("first", 63, 0);
    if (error || !pool)
        return error ? error : -ENOMEM;
    error = ports_start(&machine.config, WORKERS, pool, &dataplane.tables);
    if (!error) // a ring has none of its own
        ports_get(0)->mac = (struct rte_ether_addr){.addr_bytes = {0x02, 'n', 'a', 'r', 'u', 0}};
    return error;
}

static void set_clock(struct worker *worker)
{
    worker->now = simulation_monotonic();
    worker->now_cycles = worker->now * (rte_get_tsc_hz() / 1000000) / 1000;
}

static void need(bool there, const char *what)
{
    if (there)
        return;
    fprintf(stderr, "naru-simulate: the dataplane does not start: %s\n", what);
    exit(1);
}

static void make_worker(unsigned index)
{
    struct worker *worker = NULL;
    need(!worker_create(index, &dataplane.tables, &machine.config, &dataplane.entries, &worker), "worker");
    dataplane.workers[index] = worker;
    need(!worker_use_packets(worker, dataplane.pool, WORKERS), "packet buffers");
    worker->epoch = dataplane.epoch;
    worker->workers = dataplane.workers;
    worker->worker_count = WORKERS;
    need(!graph_create(worker), "graph");
    set_clock(worker);
}

static void begin_all(void)
{
    for (unsigned i = 0; i < WORKERS; i++)
        worker_begin(dataplane.workers[i]);
    struct segment_header *state = dataplane.tables.segments[SEGMENT_STATE];
    atomic_store(&state->owner_epoch, dataplane.epoch);
    atomic_store(&state->heartbeat, simulation_monotonic());
    atomic_store(&state->owner_ready, 1);
}

void dataplane_start(void)
{
    char name[RTE_MEMPOOL_NAMESIZE];
    dataplane.epoch = machine_next_epoch(TABLES_DATAPLANE);
    snprintf(name, sizeof(name), "packets-%lu", (unsigned long)dataplane.epoch);
    dataplane.pool = packet_pool_create(name, POOL_SIZE, 0);
    need(dataplane.pool, "packet buffers");
    need(!entries_create(&dataplane.tables.limits, &dataplane.entries), "entries");
    memset(&ports_get(0)->neighbours, 0, sizeof(ports_get(0)->neighbours));
    for (unsigned i = 0; i < WORKERS; i++)
        make_worker(i);
    trace("dataplane begins, epoch %lu", (unsigned long)dataplane.epoch);
    dataplane.is_alive = true;
    if (!process_run(PROCESS_DATAPLANE, begin_all))
        dataplane_die();
}

bool dataplane_is_alive(void)
{
    return dataplane.is_alive;
}

static void empty(struct rte_ring *ring)
{
    void *mbuf;
    while (rte_ring_dequeue(ring, &mbuf) == 0)
        rte_pktmbuf_free(mbuf);
}

void dataplane_die(void)
{
    dataplane.is_alive = false;
    process_kill_after(PROCESS_DATAPLANE, 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        empty(inward[i]);
        empty(outward[i]);
        graph_destroy(dataplane.workers[i]);
        worker_destroy(dataplane.workers[i]);
    }
    entries_free(&dataplane.entries);
    rte_mempool_free(dataplane.pool); // with what was under way in it
}

static void put(const struct frame *frame, unsigned queue)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(dataplane.pool);
    uint8_t *data = mbuf ? (uint8_t *)rte_pktmbuf_append(mbuf, (uint16_t)frame->size) : NULL;
    if (!data)
        return;
    memcpy(data, frame->bytes, frame->size);
    if (rte_ring_enqueue(inward[queue], mbuf))
        rte_pktmbuf_free(mbuf);
}

void dataplane_receive(const struct datagram *datagram)
{
    static struct frame frame;
    if (!dataplane.is_alive)
        return;
    frame_make(datagram, ports_get(0)->mac.addr_bytes, &frame);
    put(&frame, datagram->from.ip[15] % WORKERS); // whoever owns the shard: it may be handed over
}

static void walk_all(void)
{
    for (unsigned walk = 0; walk < WALKS; walk++)
        for (unsigned i = 0; i < WORKERS; i++) {
            RTE_PER_LCORE(worker_current) = dataplane.workers[i];
            set_clock(dataplane.workers[i]);
            worker_walk(dataplane.workers[i]);
        }
}

bool dataplane_step(void)
{
    if (simulation_monotonic() >= dataplane.heartbeat_at + HEARTBEAT_NS) {
        dataplane.heartbeat_at = simulation_monotonic();
        atomic_store(&dataplane.tables.segments[SEGMENT_STATE]->heartbeat, dataplane.heartbeat_at);
    }
    return process_run(PROCESS_DATAPLANE, walk_all);
}

bool dataplane_take(struct datagram *ret_datagram)
{
    static struct frame frame, answer;
    struct rte_mbuf *mbuf;
    for (unsigned queue = 0; queue < WORKERS; queue++)
        while (rte_ring_dequeue(outward[queue], (void **)&mbuf) == 0) {
            frame.size = RTE_MIN(mbuf->pkt_len, (unsigned)FRAME_MAX);
            memcpy(frame.bytes, rte_pktmbuf_mtod(mbuf, uint8_t *), frame.size);
            rte_pktmbuf_free(mbuf);
            if (frame_read(&frame, ret_datagram))
                return true;
            if (frame_answer_arp(&frame, &answer))
                put(&answer, 0);
        }
    return false;
}

static void check_worker(const struct worker_state *state, unsigned index)
{
    if (worker_balance(state))
        broken("worker %u: %ld packets are not accounted for", index, (long)worker_balance(state));
    if (counter_get(&state->dropped[DROP_NONE]))
        broken("worker %u dropped a packet for no reason", index);
    if (state->transports)
        broken("worker %u still has %u transports", index, state->transports);
}

void dataplane_check_balance(void)
{
    for (unsigned i = 0; i < WORKERS; i++)
        check_worker(dataplane.workers[i]->state, i);
    if (rte_mempool_avail_count(dataplane.pool) != POOL_SIZE)
        broken("%u packet buffers are not back", POOL_SIZE - rte_mempool_avail_count(dataplane.pool));
}

void dataplane_halt(void)
{
    dataplane_die();
    tables_detach(&dataplane.tables);
    ports_stop();
    rte_eal_cleanup();
}
