// SPDX-License-Identifier: Apache-2.0
#include "rings.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

int ring_push(struct ring *ring, uint32_t slots, const struct ring_message *message)
{
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    if (message->length > RING_DATAGRAM_MAX)
        return -EMSGSIZE;
    if (tail - head >= slots) {
        uint64_t full = atomic_load_explicit(&ring->full, memory_order_relaxed);
        atomic_store_explicit(&ring->full, full + 1, memory_order_relaxed);
        return -ENOBUFS;
    }
    memcpy(&ring->slots[tail & (slots - 1)], message, offsetof(struct ring_message, data) + message->length);
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
    return 0;
}

int ring_pop(struct ring *ring, uint32_t slots, struct ring_message *ret_message)
{
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (head == tail)
        return 0;
    if (tail - head > slots) // a broken producer: start again at its tail
        head = tail - 1;
    const struct ring_message *slot = &ring->slots[head & (slots - 1)];
    memcpy(ret_message, slot, offsetof(struct ring_message, data));
    if (ret_message->length > RING_DATAGRAM_MAX)
        ret_message->length = 0;
    memcpy(ret_message->data, slot->data, ret_message->length);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
    return 1;
}

int ring_has_messages(struct ring *ring)
{
    return atomic_load_explicit(&ring->head, memory_order_relaxed) !=
           atomic_load_explicit(&ring->tail, memory_order_acquire);
}

void ring_wake(struct ring_waker *waker, int eventfd)
{
    // Pairs with the fence in ring_sleep: either the consumer sees the message, or this sees its flag.
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&waker->sleeping, memory_order_relaxed) == 0)
        return;
    if (atomic_exchange_explicit(&waker->sleeping, 0, memory_order_acq_rel)) {
        uint64_t one = 1;
        ssize_t written = write(eventfd, &one, sizeof(one));
        (void)written; // only a full counter fails, and then the consumer is awake already
    }
}

void ring_sleep(struct ring_waker *waker)
{
    atomic_store_explicit(&waker->sleeping, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}

void ring_awake(struct ring_waker *waker)
{
    atomic_store_explicit(&waker->sleeping, 0, memory_order_relaxed);
}
