// SPDX-License-Identifier: Apache-2.0
#include "dataplane.h"

#include "graph.h"
#include "handover.h"
#include "isolation.h"
#include "key_heap.h"
#include "monotonic.h"
#include "packet_pool.h"

#include <errno.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define POOL_CACHE      256
#define WATCH_US        20000
#define WORKER_STALL_NS 300000000ULL

int dataplane_attach(struct dataplane *dataplane, const struct config *config)
{
    const int fds[SEGMENT_KINDS] = {FD_INTENT, FD_STATE, FD_RINGS};
    const char *epoch = getenv("NARU_EPOCH");
    int error = epoch ? tables_attach(TABLES_DATAPLANE, fds, &dataplane->tables) : -EBADF;
    if (error) {
        fprintf(stderr, error == -EPROTO
                            ? "naru-dataplane: the shared memory is of another release or configuration: restart "
                              "naru-supervise\n"
                            : "naru-dataplane: no shared memory was handed down: start naru-supervise, which "
                              "starts this program\n");
        return error;
    }
    dataplane->epoch = strtoull(epoch, NULL, 10);
    dataplane->config = config;
    dataplane->worker_count = dataplane->tables.limits.workers;
    return 0;
}

int dataplane_check_memory(void)
{
    const int fds[SEGMENT_KINDS] = {FD_INTENT, FD_STATE, FD_RINGS};
    char why[256];
    int error = tables_check(TABLES_DATAPLANE, fds, why, sizeof(why));
    if (error)
        fprintf(stderr, "naru-dataplane: %s\n", why);
    return error;
}

static int make_workers(struct dataplane *dataplane)
{
    for (unsigned i = 0; i < dataplane->worker_count; i++) {
        struct worker *worker = NULL;
        int error = worker_create(i, &dataplane->tables, dataplane->config, &dataplane->entries, &worker);
        if (error)
            return error;
        dataplane->workers[i] = worker;
        if (worker_use_packets(worker, dataplane->pool, dataplane->worker_count))
            return -ENOBUFS;
        worker->epoch = dataplane->epoch;
        worker->workers = dataplane->workers;
        worker->worker_count = dataplane->worker_count;
        handover_begin(worker); // here for all: the table may change while they start
        error = graph_create(worker);
        if (error)
            return error;
    }
    return 0;
}

static int launch(struct dataplane *dataplane)
{
    unsigned lcore, next = 0;
    RTE_LCORE_FOREACH_WORKER(lcore)
    {
        if (next < dataplane->worker_count && rte_eal_remote_launch(worker_run, dataplane->workers[next], lcore) == 0)
            next++;
    }
    return next == dataplane->worker_count ? 0 : -EAGAIN;
}

static int fail(int error, const char *what)
{
    fprintf(stderr, "naru-dataplane: %s: %s\n", what, rte_strerror(-error));
    return error;
}

static void announce(struct dataplane *dataplane)
{
    struct segment_header *state = dataplane->tables.segments[SEGMENT_STATE];
    atomic_store(&state->owner_pid, (uint32_t)getpid());
    atomic_store(&state->owner_epoch, dataplane->epoch);
    atomic_store(&state->heartbeat, monotonic_ns());
    atomic_store(&state->owner_ready, 1);
    fprintf(stderr, "naru-dataplane: epoch %lu, %u workers, %s, %s\n", (unsigned long)dataplane->epoch,
            dataplane->worker_count, srtp_engine_describe(dataplane->workers[0]->engine),
            rte_eal_has_hugepages() ? "huge pages" : "4 KiB pages");
}

static void protect_keys(const struct dataplane *dataplane)
{
    if (!key_heap_protect() && dataplane->tables.keys_are_locked)
        return;
    fprintf(stderr, "naru-dataplane: warning: keys may be swapped out: the limit of locked memory is too low; set "
                    "LimitMEMLOCK=infinity (ulimit -l unlimited)\n");
}

int dataplane_start(struct dataplane *dataplane)
{
    const struct config *config = dataplane->config;
    protect_keys(dataplane);
    dataplane->pool = packet_pool_create("packets", config->memory.packet_buffers, POOL_CACHE);
    if (!dataplane->pool)
        return fail(-rte_errno, "packet buffers: raise memory.heap-mb or lower memory.packet-buffers");
    int error = entries_create(&dataplane->tables.limits, &dataplane->entries);
    if (error)
        return fail(error, "forwarding entries: raise memory.heap-mb or lower limits");
    error = ports_start(config, dataplane->worker_count, dataplane->pool, &dataplane->tables);
    if (error)
        return error;
    error = make_workers(dataplane);
    if (error == -ENOBUFS)
        return fail(error, "packet buffers: the devices leave too few of them: raise memory.packet-buffers");
    if (error)
        return fail(error, "workers: raise memory.heap-mb, or look at the lines above");
    poison_watch_signals();
    // Before a worker sees its first packet.
    error = isolation_enter("naru-dataplane", config->gateway.dataplane_user, FILTER_DATAPLANE);
    if (error)
        return error;
    error = launch(dataplane);
    if (error)
        return fail(error, "workers: fewer CPUs than workers: lower gateway.workers or fix lcores");
    announce(dataplane);
    return 0;
}

// A heartbeat says that packets are served, not only that this thread lives: a worker that hangs silences it.
static bool workers_live(const struct dataplane *dataplane, uint64_t now)
{
    for (unsigned i = 0; i < dataplane->worker_count; i++)
        if (now > counter_get(&dataplane->workers[i]->state->heartbeat) + WORKER_STALL_NS)
            return false;
    return true;
}

static bool is_fenced(const struct dataplane *dataplane)
{
    return tables_is_fenced(&dataplane->tables, TABLES_DATAPLANE, dataplane->epoch);
}

void dataplane_watch(struct dataplane *dataplane)
{
    struct segment_header *state = dataplane->tables.segments[SEGMENT_STATE];
    while (!atomic_load(&worker_stop) && !is_fenced(dataplane)) {
        uint64_t now = monotonic_ns();
        for (unsigned i = 0; i < dataplane->worker_count; i++)
            poison_watch_loop(dataplane->workers[i], &dataplane->looks[i], now, WORKER_STALL_NS);
        if (workers_live(dataplane, now))
            atomic_store(&state->heartbeat, now);
        ports_publish(&dataplane->tables);
        usleep(WATCH_US);
    }
}

void dataplane_stop(struct dataplane *dataplane)
{
    atomic_store(&worker_stop, 1);
    rte_eal_mp_wait_lcore();
    for (unsigned i = 0; i < dataplane->worker_count; i++)
        graph_destroy(dataplane->workers[i]);
    ports_stop();
    tables_detach(&dataplane->tables);
}
