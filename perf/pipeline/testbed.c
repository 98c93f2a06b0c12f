// SPDX-License-Identifier: Apache-2.0
#include "testbed.h"

#include "device.h"
#include "graph.h"
#include "huge_pages.h"
#include "monotonic.h"
#include "packet_pool.h"

#include <errno.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#define POOL_SIZE  32767
#define POOL_CACHE 256
#define HEAP_MB    "3072"
#define RING_SLOTS 64
#define IDLE_WALKS 64

struct testbed testbed;
static int fds[SEGMENT_KINDS], read_only[SEGMENT_KINDS];

static int start_eal(void)
{
    char cpus[32];
    // The busiest neighbours of a small machine sit on its first CPU: interrupts.
    cpu_set_t allowed;
    int last = 0;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            last = cpu;
    snprintf(cpus, sizeof(cpus), "--lcores=0@%d", last);
    char *huge[] = {"naru-perf", "--no-pci", "--in-memory", "--no-telemetry", cpus, "--log-level=*:error"};
    char *plain[] = {"naru-perf",      "--no-pci", "--no-huge",          "-m", HEAP_MB, "--no-shconf",
                     "--no-telemetry", cpus,       "--log-level=*:error"};
    testbed.huge = huge_pages_reserve() == 0;
    int done = testbed.huge ? rte_eal_init(RTE_DIM(huge), huge) : rte_eal_init(RTE_DIM(plain), plain);
    return done < 0 ? -rte_errno : 0;
}

static void configure(struct config *config)
{
    config_defaults(config);
    config->gateway.workers = 1;
    config->gateway.idle = CONFIG_IDLE_SPIN;
    config->port_count = 1;
    struct config_port *port = &config->ports[0];
    const uint8_t ip[] = TESTBED_IP, hop[] = TESTBED_HOP;
    *port = (struct config_port){.device = DEVICE_NAME, .mtu = 1500, .trust_receive_checksum = true};
    port->addresses.count = 1;
    port->addresses.item[0].family = port->gateway.family = AF_INET;
    port->addresses.item[0].prefix = 24;
    memcpy(&port->addresses.item[0].v4, ip, sizeof(ip));
    memcpy(&port->gateway.v4, hop, sizeof(hop));
}

int testbed_start(void)
{
    int error = start_eal();
    if (error) {
        fprintf(stderr, "naru-perf: DPDK did not start (%s): run as root\n", rte_strerror(-error));
        return error;
    }
    configure(&testbed.config);
    testbed.pool = packet_pool_create("packets", POOL_SIZE, POOL_CACHE);
    error = testbed.pool ? device_create(testbed.pool) : -ENOMEM;
    if (error)
        fprintf(stderr, "naru-perf: no memory for packet buffers (%s)\n", rte_strerror(rte_errno));
    return error;
}

void testbed_stop(void)
{
    rte_eal_cleanup();
    huge_pages_release();
}

static int open_segments(uint32_t transports)
{
    const struct tables_limits limits = {.workers = 1,
                                         .shards = 1,
                                         .ports_per_shard = 16,
                                         .first_port = TESTBED_PORT,
                                         .transports = transports,
                                         .streams = transports,
                                         .routes = transports,
                                         .ring_slots = RING_SLOTS};
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        int error = segment_create((enum segment_kind)kind, &limits, testbed.huge, &fds[kind], &read_only[kind]);
        if (error)
            return error;
    }
    const int control[] = {fds[SEGMENT_INTENT], read_only[SEGMENT_STATE], fds[SEGMENT_RINGS]};
    const int dataplane[] = {read_only[SEGMENT_INTENT], fds[SEGMENT_STATE], fds[SEGMENT_RINGS]};
    int error = tables_attach(TABLES_CONTROL, control, &testbed.control);
    return error ? error : tables_attach(TABLES_DATAPLANE, dataplane, &testbed.dataplane);
}

static int open_port(void)
{
    static bool is_open;
    if (is_open)
        return 0;
    int error = ports_start(&testbed.config, 1, testbed.pool, &testbed.dataplane);
    if (!error)
        error = device_attach();
    is_open = !error;
    return error;
}

static int open_worker(void)
{
    int error = entries_create(&testbed.dataplane.limits, &testbed.entries);
    if (!error)
        error = worker_create(0, &testbed.dataplane, &testbed.config, &testbed.entries, &testbed.worker);
    if (!error)
        error = worker_use_packets(testbed.worker, testbed.pool, 1);
    if (error)
        return error;
    testbed.worker->epoch = 1;
    atomic_store(&testbed.control.segments[SEGMENT_INTENT]->reader_epoch, 1);
    testbed.worker->workers = &testbed.worker;
    testbed.worker->worker_count = 1;
    return graph_create(testbed.worker);
}

int testbed_open(uint32_t transports)
{
    int error = open_segments(transports);
    if (!error)
        error = open_port();
    if (!error)
        error = open_worker();
    if (error)
        fprintf(stderr, "naru-perf: a gateway for %u transports did not open: %s\n", transports, rte_strerror(-error));
    return error;
}

static void set_clock(void)
{
    struct worker *worker = testbed.worker;
    worker->now_cycles = rte_rdtsc();
    worker->now = testbed.base_ns +
                  (uint64_t)((double)(worker->now_cycles - testbed.base_cycles) * 1e9 / (double)rte_get_tsc_hz());
}

// As ARP would: the answer comes again before it is forgotten.
static void resolve_hop(void)
{
    static const struct rte_ether_addr router = {.addr_bytes = {2, 0, 0, 0, 0, 254}};
    const uint8_t hop[] = TESTBED_HOP;
    struct transport_address address = transport_address_ipv4(hop, 0);
    neighbour_learn(&ports_get(0)->neighbours, address.ip, &router, testbed.worker->now);
}

int testbed_begin(void)
{
    testbed.base_ns = monotonic_ns();
    testbed.base_cycles = rte_rdtsc();
    set_clock();
    resolve_hop();
    worker_begin(testbed.worker);
    for (unsigned idle = 0; idle < IDLE_WALKS; idle = load_walk_is_empty(&testbed.worker->walk) ? idle + 1 : 0)
        testbed_walk();
    return testbed.worker->state->transports ? 0 : -ENOENT;
}

void testbed_walk(void)
{
    struct worker *worker = testbed.worker;
    struct worker_state *state = worker->state;
    set_clock();
    worker_walk(worker);
    uint64_t ended = rte_rdtsc();
    counter_add(&state->cycles_total, ended - worker->now_cycles);
    if (!load_walk_is_empty(&worker->walk))
        counter_add(&state->cycles_busy, ended - worker->now_cycles);
    counter_add(&state->walks, 1);
    atomic_store_explicit(&state->heartbeat, worker->now, memory_order_relaxed);
}

static void free_held(struct worker *worker)
{
    struct fan_out_queue *queue = &worker->fan_out;
    for (unsigned i = 0; i < queue->count; i++)
        rte_pktmbuf_free(queue->jobs[(queue->head + i) % WORKER_FAN_OUT_JOBS].source);
    rte_pktmbuf_free_bulk(queue->finished, queue->finished_count);
    rte_pktmbuf_free_bulk(worker->rtcp_outbox.mbufs, worker->rtcp_outbox.count);
    rte_pktmbuf_free_bulk(worker->udp_outbox.mbufs, worker->udp_outbox.count);
    rte_pktmbuf_free_bulk(worker->port_outbox.mbufs, worker->port_outbox.count);
}

static void free_entries(struct entries *entries)
{
    for (uint32_t i = 0; i < entries->transport_count; i++) {
        if (entries->streams[i].audience.capacity > AUDIENCE_SHORT)
            rte_free(entries->streams[i].audience.routes);
    }
    entries_free(entries);
}

void testbed_close(void)
{
    device.feed = NULL;
    device_drain();
    free_held(testbed.worker);
    free_entries(&testbed.entries);
    graph_destroy(testbed.worker);
    worker_destroy(testbed.worker);
    tables_detach(&testbed.control);
    tables_detach(&testbed.dataplane);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close(fds[kind]);
        close(read_only[kind]);
    }
}

uint64_t testbed_dropped(void)
{
    uint64_t sum = 0;
    for (unsigned reason = 0; reason < DROP_REASONS; reason++)
        sum += counter_get(&testbed.worker->state->dropped[reason]);
    return sum;
}

void testbed_print_drops(FILE *out)
{
    for (unsigned reason = 0; reason < DROP_REASONS; reason++) {
        uint64_t count = counter_get(&testbed.worker->state->dropped[reason]);
        if (count)
            fprintf(out, "  dropped: %s: %lu\n", drop_reason_names[reason], (unsigned long)count);
    }
}
