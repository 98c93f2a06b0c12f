// SPDX-License-Identifier: Apache-2.0
#include "courier.h"

#include <errno.h>
#include <string.h>

int courier_inject(const struct tables *tables, const int *worker_wakes, uint32_t worker, bool established,
                   const struct ring_message *address, const void *data, size_t size)
{
    struct ring *ring = tables_ring(tables, worker, established ? RING_INJECT_ESTABLISHED : RING_INJECT_HANDSHAKE);
    if (!ring || size > RING_DATAGRAM_MAX)
        return -EMSGSIZE;
    struct ring_message message;
    memcpy(&message, address, offsetof(struct ring_message, data));
    message.length = (uint16_t)size;
    memcpy(message.data, data, size);
    int error = ring_push(ring, tables->limits.ring_slots, &message);
    ring_wake(tables_worker_waker(tables, worker), worker_wakes[worker]);
    return error;
}

int courier_carry(const struct tables *tables, const int *worker_wakes, uint32_t worker,
                  const struct ring_message *message)
{
    int error = ring_push(tables_ring(tables, worker, RING_CARRIED_IN), tables->limits.ring_slots, message);
    ring_wake(tables_worker_waker(tables, worker), worker_wakes[worker]);
    return error;
}

bool courier_next(const struct tables *tables, enum ring_kind kind, uint32_t *turn, struct ring_message *ret_message)
{
    for (uint32_t i = 0; i < tables->limits.workers; i++) {
        *turn = (*turn + 1) % tables->limits.workers;
        if (ring_pop(tables_ring(tables, *turn, kind), tables->limits.ring_slots, ret_message))
            return true;
    }
    return false;
}

bool courier_has_any(const struct tables *tables)
{
    for (uint32_t worker = 0; worker < tables->limits.workers; worker++)
        for (int kind = RING_PUNT_HANDSHAKE; kind <= RING_CARRIED_OUT; kind++)
            if (ring_has_messages(tables_ring(tables, worker, (enum ring_kind)kind)))
                return true;
    return false;
}

static uint64_t full(const struct tables *tables, uint32_t worker, enum ring_kind kind)
{
    return atomic_load_explicit(&tables_ring(tables, worker, kind)->full, memory_order_relaxed);
}

void courier_count_full(const struct tables *tables, uint64_t *ret_punts, uint64_t *ret_injects)
{
    *ret_punts = *ret_injects = 0;
    for (uint32_t worker = 0; worker < tables->limits.workers; worker++) {
        *ret_punts += full(tables, worker, RING_PUNT_HANDSHAKE) + full(tables, worker, RING_PUNT_ESTABLISHED);
        *ret_injects += full(tables, worker, RING_INJECT_HANDSHAKE) + full(tables, worker, RING_INJECT_ESTABLISHED);
    }
}
