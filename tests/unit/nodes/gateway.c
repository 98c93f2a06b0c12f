// SPDX-License-Identifier: Apache-2.0
#include "gateway.h"

#include "graph.h"
#include "packet_pool.h"

#include <CUnit/CUnit.h>
#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_graph_worker.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_ring_elem.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#define POOL_SIZE 8191
#define RING_SIZE 4096
#define WALKS     8

static const struct tables_limits limits = {.workers = GATEWAY_WORKERS,
                                            .shards = 4,
                                            .ports_per_shard = 16,
                                            .first_port = 16384,
                                            .transports = 32,
                                            .streams = 64,
                                            .routes = 512,
                                            .ring_slots = 64};

struct gateway gateway;
static struct config config;
static struct rte_mempool *pool;
static struct rte_ring *inward[GATEWAY_PORTS][GATEWAY_WORKERS], *outward[GATEWAY_PORTS][GATEWAY_WORKERS];
static int fds[SEGMENT_KINDS], read_only[SEGMENT_KINDS];
static uint64_t firing; // bit per transport
static bool is_open;

static int start_eal(void)
{
    char cpus[64];
    cpu_set_t allowed;
    int first = -1, second = -1;
    sched_getaffinity(0, sizeof(allowed), &allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            *(first < 0 ? &first : &second) = cpu;
    snprintf(cpus, sizeof(cpus), "--lcores=0@%d,1@%d", first, second < 0 ? first : second);
    char *arguments[] = {"unit-nodes", "--no-huge",      "--no-pci", "--no-shconf",
                         "-m256",      "--no-telemetry", cpus,       "--log-level=*:error"};
    return rte_eal_init(RTE_DIM(arguments), arguments) < 0 ? -ENODEV : 0;
}

static int make_device(const char *name, unsigned port, unsigned queues)
{
    for (unsigned queue = 0; queue < queues; queue++) {
        char text[2][RTE_RING_NAMESIZE];
        snprintf(text[0], sizeof(text[0]), "%s-in-%u", name, queue);
        snprintf(text[1], sizeof(text[1]), "%s-out-%u", name, queue);
        inward[port][queue] = rte_ring_create(text[0], RING_SIZE, SOCKET_ID_ANY, 0);
        outward[port][queue] = rte_ring_create(text[1], RING_SIZE, SOCKET_ID_ANY, 0);
        if (!inward[port][queue] || !outward[port][queue])
            return -ENOMEM;
    }
    return rte_eth_from_rings(name, inward[port], queues, outward[port], queues, SOCKET_ID_ANY) < 0 ? -ENODEV : 0;
}

static void add_address(struct config_port *port, int family, const char *text, unsigned prefix)
{
    struct config_address *address = &port->addresses.item[port->addresses.count++];
    address->family = family;
    address->prefix = prefix;
    inet_pton(family, text, family == AF_INET ? (void *)&address->v4 : (void *)&address->v6);
}

static void configure(void)
{
    config_defaults(&config);
    config.gateway.workers = GATEWAY_WORKERS;
    config.memory.history_mb = 2;
    config.port_count = GATEWAY_PORTS;
    struct config_port *plain = &config.ports[PORT_PLAIN], *vlan = &config.ports[PORT_VLAN];
    memset(config.ports, 0, sizeof(config.ports));
    snprintf(plain->device, sizeof(plain->device), "net_ring_plain");
    add_address(plain, AF_INET, "192.0.2.1", 24);
    add_address(plain, AF_INET6, "2001:db8::1", 64);
    plain->gateway.family = AF_INET;
    inet_pton(AF_INET, "192.0.2.254", &plain->gateway.v4);
    plain->mtu = vlan->mtu = 1500;
    snprintf(vlan->device, sizeof(vlan->device), "net_ring_vlan");
    add_address(vlan, AF_INET, "198.51.100.1", 24);
    vlan->vlan = 42;
    vlan->queues = 1;
}

static int open_segments(void)
{
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        int error = segment_create((enum segment_kind)kind, &limits, false, &fds[kind], &read_only[kind]);
        if (error)
            return error;
    }
    const int control[] = {fds[SEGMENT_INTENT], read_only[SEGMENT_STATE], fds[SEGMENT_RINGS]};
    const int dataplane[] = {read_only[SEGMENT_INTENT], fds[SEGMENT_STATE], fds[SEGMENT_RINGS]};
    int error = tables_attach(TABLES_CONTROL, control, &gateway.control);
    return error ? error : tables_attach(TABLES_DATAPLANE, dataplane, &gateway.dataplane);
}

static void close_segments(void)
{
    tables_detach(&gateway.control);
    tables_detach(&gateway.dataplane);
    for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
        close(fds[kind]);
        close(read_only[kind]);
    }
}

int gateway_start(void)
{
    int error = start_eal();
    if (error)
        return error;
    configure();
    pool = packet_pool_create("packets", POOL_SIZE, 0);
    error = pool ? make_device("plain", PORT_PLAIN, GATEWAY_WORKERS) : -ENOMEM;
    if (!error)
        error = make_device("vlan", PORT_VLAN, 1);
    if (error)
        return error;
    error = open_segments();
    if (error)
        return error;
    error = ports_start(&config, GATEWAY_WORKERS, pool, &gateway.dataplane);
    for (uint8_t i = 0; i < ports_count(); i++) // a ring has none of its own
        ports_get(i)->mac = (struct rte_ether_addr){.addr_bytes = {0x02, 'n', 'a', 'r', 'u', i}};
    close_segments();
    return error;
}

void gateway_stop(void)
{
    ports_stop();
    rte_eal_cleanup();
}

// Worker i lives on lcore i: timers and the per-lcore pointer are where they are in the product.
static void on_its_lcore(int (*function)(void *), struct worker *worker)
{
    if (worker->index == 0)
        function(worker);
    else if (rte_eal_remote_launch(function, worker, worker->index) == 0)
        rte_eal_wait_lcore(worker->index);
}

static int begin(void *worker)
{
    worker_begin(worker);
    return 0;
}

static int walk(void *worker)
{
    worker_walk(worker);
    return 0;
}

static void set_clock(struct worker *worker)
{
    worker->now = gateway.now;
    worker->now_cycles = (uint64_t)((double)gateway.now * (double)rte_get_tsc_hz() / 1e9);
}

static void start_workers(void)
{
    struct entries *entries = &gateway.entries;
    CU_ASSERT_EQUAL_FATAL(entries_create(&limits, entries), 0);
    atomic_store(&gateway.control.segments[SEGMENT_INTENT]->reader_epoch, 1);
    for (unsigned i = 0; i < gateway.worker_count; i++) {
        struct worker *worker = NULL;
        CU_ASSERT_EQUAL_FATAL(worker_create(i, &gateway.dataplane, &config, entries, &worker), 0);
        gateway.workers[i] = worker;
        CU_ASSERT_EQUAL(worker_use_packets(worker, pool, gateway.worker_count), 0);
        worker->epoch = 1;
        worker->workers = gateway.workers;
        worker->worker_count = gateway.worker_count;
        CU_ASSERT_EQUAL_FATAL(graph_create(worker), 0);
        set_clock(worker);
        on_its_lcore(begin, worker);
    }
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
    for (unsigned from = 0; from < GATEWAY_WORKERS; from++) {
        struct spill_message message;
        while (worker->spill.rings[from] &&
               rte_ring_dequeue_elem(worker->spill.rings[from], &message, sizeof(message)) == 0)
            rte_pktmbuf_free(message.mbuf);
    }
}

static void stop_workers(void)
{
    for (unsigned i = 0; i < gateway.worker_count; i++) {
        free_held(gateway.workers[i]);
        graph_destroy(gateway.workers[i]);
        worker_destroy(gateway.workers[i]);
    }
    entries_free(&gateway.entries);
    firing = 0;
}

static void forget_neighbours(void)
{
    for (unsigned i = 0; i < GATEWAY_PORTS; i++)
        memset(&ports_get(i)->neighbours, 0, sizeof(ports_get(i)->neighbours));
}

static void drain(void)
{
    static struct frame frame;
    for (unsigned port = 0; port < GATEWAY_PORTS; port++)
        while (gateway_take(port, &frame))
            ;
}

void gateway_open(unsigned workers)
{
    if (is_open) { // a test before this one ended early
        stop_workers();
        close_segments();
        drain();
    }
    is_open = true;
    forget_neighbours();
    CU_ASSERT_EQUAL_FATAL(open_segments(), 0);
    gateway.worker_count = workers;
    gateway.now = 1000000 * MILLISECOND;
    start_workers();
}

static void check_balance(const struct worker_state *state)
{
    CU_ASSERT_EQUAL(worker_balance(state), 0);
    CU_ASSERT_EQUAL(counter_get(&state->dropped[DROP_NONE]), 0);
}

void gateway_close(void)
{
    gateway_settle();
    drain();
    for (unsigned i = 0; i < gateway.worker_count; i++)
        check_balance(gateway.workers[i]->state);
    stop_workers();
    CU_ASSERT_EQUAL(rte_mempool_avail_count(pool), POOL_SIZE);
    close_segments();
    is_open = false;
}

void gateway_restart(void)
{
    stop_workers();
    start_workers();
}

// A timer that is not told to fire sleeps: no test depends on how long it takes.
static void set_timers(struct worker *worker)
{
    for (uint32_t i = 0; i < limits.transports; i++) {
        if (!(worker->installed[i / 64] >> i % 64 & 1))
            continue;
        if (firing >> i & 1)
            wheel_arm(&worker->wheel, i, gateway.now, 0);
        else
            wheel_disarm(&worker->wheel, i);
    }
}

void gateway_walk(void)
{
    for (unsigned i = 0; i < gateway.worker_count; i++) {
        set_timers(gateway.workers[i]);
        set_clock(gateway.workers[i]);
        on_its_lcore(walk, gateway.workers[i]);
    }
    firing = 0;
}

void gateway_settle(void)
{
    for (unsigned i = 0; i < WALKS; i++)
        gateway_walk();
}

void gateway_advance(uint64_t ms)
{
    gateway.now += ms * MILLISECOND;
}

void gateway_fire(uint32_t transport)
{
    firing |= 1ULL << transport;
}

void gateway_receive(unsigned port, unsigned queue, const struct frame *frame)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mbuf);
    uint8_t *data = (uint8_t *)rte_pktmbuf_append(mbuf, (uint16_t)frame->size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    memcpy(data, frame->bytes, frame->size);
    mbuf->ol_flags |= gateway.receive_flags;
    CU_ASSERT_EQUAL_FATAL(rte_ring_enqueue(inward[port][queue], mbuf), 0);
}

bool gateway_take(unsigned port, struct frame *ret_frame)
{
    struct rte_mbuf *mbuf = NULL;
    for (unsigned queue = 0; queue < GATEWAY_WORKERS && !mbuf; queue++)
        if (outward[port][queue])
            rte_ring_dequeue(outward[port][queue], (void **)&mbuf);
    if (!mbuf)
        return false;
    gateway.sent_flags = mbuf->ol_flags;
    ret_frame->size = mbuf->pkt_len < FRAME_MAX ? mbuf->pkt_len : FRAME_MAX;
    memcpy(ret_frame->bytes, rte_pktmbuf_mtod(mbuf, uint8_t *), ret_frame->size);
    rte_pktmbuf_free(mbuf);
    return true;
}

uint64_t gateway_seen(const char *node)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < gateway.worker_count; i++) {
        const struct node_counters *nodes = gateway.workers[i]->state->nodes;
        graph_publish(gateway.workers[i]);
        for (unsigned j = 0; j < COUNTERS_MAX_NODES; j++)
            sum += strcmp(nodes[j].name, node) == 0 ? counter_get(&nodes[j].packets) : 0;
    }
    return sum;
}

uint64_t gateway_dropped(enum drop_reason reason)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < gateway.worker_count; i++)
        sum += counter_get(&gateway.workers[i]->state->dropped[reason]);
    return sum;
}

uint64_t gateway_drops(void)
{
    uint64_t sum = 0;
    for (unsigned reason = 0; reason < DROP_REASONS; reason++)
        sum += gateway_dropped((enum drop_reason)reason);
    return sum;
}

uint64_t gateway_consumed(enum consume_kind kind)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < gateway.worker_count; i++)
        sum += counter_get(&gateway.workers[i]->state->consumed[kind]);
    return sum;
}

uint64_t gateway_created(enum create_kind kind)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < gateway.worker_count; i++)
        sum += counter_get(&gateway.workers[i]->state->created[kind]);
    return sum;
}
