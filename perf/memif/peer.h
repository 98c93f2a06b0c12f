// SPDX-License-Identifier: Apache-2.0
// All peers of the gateway in one: the other end of the link, on the first CPU. Answers ARP and checks, sends checks
// and media, and looks at what comes back.
#pragma once

#include "histogram.h"
#include "traffic.h"

#include <rte_mbuf.h>

struct peer_counts {
    uint64_t media, rtcp, stun_requests, stun_answers, others; // received
    uint64_t strange;                                          // media for nobody, or whose payload was not ours
};

struct peer {
    uint16_t port;
    struct rte_mempool *pool;
    const struct rooms *rooms;
    struct rte_ether_addr gateway;
    struct peer_counts counts;
    struct histogram *latency; // of each LATENCY_EACHth packet of media that comes back; NULL: not looked at
    bool look;                 // frames go to the oracle
    uint32_t round, heard;     // transports that media came back to since round was raised and heard set to 0
};
extern struct peer peer;

#define PEER_LATENCY_EACH 4

// Once for the program: EAL on the first CPU, the server's end of the link. 0, else -1 after a line on stderr.
int peer_start(const char *device);
void peer_stop(void);

// For the sessions of these rooms, with the gateway at this address. 0 or -errno.
int peer_open(const struct rooms *rooms, const uint8_t gateway_mac[6]);
void peer_close(void);

// Waits until the other process is at the link, or gone from it: in between nothing may be sent or polled. 0 or
// -ETIMEDOUT.
int peer_wait_link(bool up, int timeout_ms);

// Takes one burst and does what is to be done about it. Returns its size.
unsigned peer_poll(void);

// Copies frames to the link; returns how many it took: the rest is lost as on a full wire.
unsigned peer_send(const struct device_feed *feed, unsigned first, unsigned count);

// Each transport's peer checks its address, nominates it, and answers the gateway's own check, until the gateway's
// tables say that all are proven. 0 or -ETIMEDOUT.
int peer_prove_paths(struct tables *tables, int timeout_ms);
