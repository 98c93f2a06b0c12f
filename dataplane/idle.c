// SPDX-License-Identifier: Apache-2.0
#include "idle.h"

#include "worker.h"

#include <poll.h>
#include <unistd.h>

#define SLEEP_MS     10
#define MAX_POLL_FDS (1 + PORT_MAX * PORT_QUEUES)

static bool has_work(struct worker *worker)
{
    struct dirty_bitmap *dirty = tables_dirty(worker->tables, worker->index);
    return ring_has_messages(tables_ring(worker->tables, worker->index, RING_INJECT_HANDSHAKE)) ||
           ring_has_messages(tables_ring(worker->tables, worker->index, RING_INJECT_ESTABLISHED)) ||
           ring_has_messages(tables_ring(worker->tables, worker->index, RING_CARRIED_IN)) ||
           atomic_load_explicit(&dirty->summary, memory_order_relaxed) || !rte_ring_empty(worker->handed_in) ||
           !rte_ring_empty(worker->handed_to_tx) || worker->fan_out.count || spill_is_waiting(worker);
}

static unsigned collect_fds(struct worker *worker, struct pollfd *fds)
{
    unsigned count = 0;
    fds[count++] = (struct pollfd){.fd = worker->wake_fd, .events = POLLIN};
    for (unsigned i = 0; i < ports_count(); i++) {
        const struct port *port = ports_get(i);
        if (port_receive_queue(port, worker->index) < 0)
            continue;
        // Which queue a socket serves is not told: a worker polls them all, a needless wake-up at worst.
        for (unsigned slot = 0; slot < port->wait_fd_count; slot++)
            fds[count++] = (struct pollfd){.fd = port->wait_fds[slot], .events = POLLIN};
    }
    return count;
}

void idle_sleep(struct worker *worker)
{
    struct ring_waker *waker = tables_worker_waker(worker->tables, worker->index);
    struct pollfd fds[MAX_POLL_FDS];
    unsigned count = collect_fds(worker, fds);
    ring_sleep(waker);
    if (!has_work(worker)) {
        counter_add(&worker->state->sleeps, 1);
        poll(fds, count, SLEEP_MS);
    }
    ring_awake(waker);
    if (fds[0].revents & POLLIN) {
        uint64_t ignored;
        ssize_t size = read(worker->wake_fd, &ignored, sizeof(ignored));
        (void)size;
    }
}
