// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_memcpy.h>

#define SEND_QUEUE 1024 // as the ring is made
#define SEND_DEPTH 256u // packets in flight on the link

struct device device;

static uint16_t receive(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count, uint16_t max,
                        void *user)
{
    struct device_feed *feed = device.feed;
    (void)port, (void)queue, (void)user, (void)count;
    if (!feed || feed->next == feed->count)
        return 0;
    uint32_t most = RTE_MIN(max, device.allowance), rest = feed->count - feed->next;
    uint16_t wanted = (uint16_t)RTE_MIN(most, rest);
    if (wanted == 0 || rte_pktmbuf_alloc_bulk(device.pool, mbufs, wanted))
        return 0;
    for (uint16_t i = 0; i < wanted; i++) {
        uint16_t size = feed->sizes[feed->next];
        rte_memcpy(rte_pktmbuf_mtod(mbufs[i], void *), feed->frames + (size_t)feed->next * feed->stride, size);
        mbufs[i]->data_len = size;
        mbufs[i]->pkt_len = size;
        feed->next++;
    }
    device.allowance = (uint16_t)(device.allowance - wanted);
    return wanted;
}

static uint16_t transmit(uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count, void *user)
{
    struct rte_mbuf *done[SEND_DEPTH];
    (void)port, (void)queue, (void)user;
    for (uint16_t i = 0; device.look && i < count; i++)
        device.look(mbufs[i]);
    unsigned held = rte_ring_count(device.outward) + count;
    while (held > SEND_DEPTH) {
        unsigned freed =
            rte_ring_sc_dequeue_burst(device.outward, (void **)done, RTE_MIN(held - SEND_DEPTH, SEND_DEPTH), NULL);
        if (freed == 0)
            break;
        rte_pktmbuf_free_bulk(done, freed);
        held -= freed;
    }
    device.sent += count;
    return count;
}

int device_create(struct rte_mempool *pool)
{
    const unsigned flags = RING_F_SP_ENQ | RING_F_SC_DEQ;
    device.pool = pool;
    device.inward = rte_ring_create("perf-in", 64, SOCKET_ID_ANY, flags);
    device.outward = rte_ring_create("perf-out", SEND_QUEUE, SOCKET_ID_ANY, flags);
    if (!device.inward || !device.outward)
        return -ENOMEM;
    int port = rte_eth_from_rings("perf", &device.inward, 1, &device.outward, 1, SOCKET_ID_ANY);
    if (port < 0)
        return -ENODEV;
    device.port = (uint16_t)port;
    return 0;
}

int device_attach(void)
{
    return rte_eth_add_rx_callback(device.port, 0, receive, NULL) &&
                   rte_eth_add_tx_callback(device.port, 0, transmit, NULL)
               ? 0
               : -ENOTSUP;
}

void device_drain(void)
{
    struct rte_mbuf *mbuf;
    while (rte_ring_dequeue(device.outward, (void **)&mbuf) == 0)
        rte_pktmbuf_free(mbuf);
}
