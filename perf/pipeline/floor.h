// SPDX-License-Identifier: Apache-2.0
// What forwarding costs at least: the crypto alone, and the device alone.
#pragma once

#include "crypto.h"
#include "traffic.h"

struct floor_crypto {
    struct crypto_load loads[4]; // bursts of 32 and 64, of each suite
    unsigned load_count;
    struct {
        const struct crypto_engine *engine;
        struct crypto_load *load;
    } protect, unprotect; // the fastest of all bare modes and both bursts
};

// suite: of what is received; sent_suite: of what leaves.
int floor_crypto_open(uint16_t suite, uint16_t sent_suite, unsigned payload, struct floor_crypto *ret_floor);
void floor_crypto_close(struct floor_crypto *floor);

// Cycles per packet of so many sections in both directions.
void floor_crypto_run(struct floor_crypto *floor, unsigned sections, double *ret_protect, double *ret_unprotect);

// Cycles per packet of receive, swap of addresses, send, over the whole feed, which is rewound.
double floor_forward(struct device_feed *feed);

// Cycles per packet of a fresh buffer, its Ethernet, IP and UDP header, and send.
double floor_transmit(struct device_feed *feed, uint32_t count);

// Cycles per packet of receive and free: what no gateway drops faster.
double floor_discard(struct device_feed *feed);
