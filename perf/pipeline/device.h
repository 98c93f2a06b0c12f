// SPDX-License-Identifier: Apache-2.0
// A device without a kernel, on the core that polls it: it receives copies of prepared frames in fresh mbufs, and frees
// what was sent once 256 later packets were. Made of DPDK's ring device and two callbacks, so that the dataplane's
// ports and nodes run on it unchanged.
#pragma once

#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdint.h>

#define DEVICE_NAME "net_ring_perf"

// Frames that will arrive, at a fixed stride.
struct device_feed {
    uint8_t *frames;
    uint16_t *sizes;
    uint32_t stride, count, next;
};

struct device {
    uint16_t port;
    struct rte_mempool *pool;
    struct rte_ring *inward, *outward;
    struct device_feed *feed;
    uint16_t allowance; // packets that the next receive may take: arrivals in step with what is worked off
    uint64_t sent;
    void (*look)(const struct rte_mbuf *sent); // at each packet sent; NULL in measured time
};
extern struct device device;

// Before the ports start: DPDK knows it by its name. 0 or -errno.
int device_create(struct rte_mempool *pool);
// After the ports started.
int device_attach(void);
// Frees what the send queue still holds.
void device_drain(void);
