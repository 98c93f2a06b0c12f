// SPDX-License-Identifier: Apache-2.0
// Next hops' hardware addresses, by ARP (RFC 826) and ND (RFC 4861). One writer: the worker of the port's first queue;
// the others read, and ask for what is missing.
#pragma once

#include "address.h"

#include <rte_ether.h>
#include <stdatomic.h>
#include <stdbool.h>

#define NEIGHBOUR_MAX        64
#define NEIGHBOUR_REFRESH_MS 20000 // asked again after this long
#define NEIGHBOUR_EXPIRE_MS  60000 // and forgotten after this long without an answer
#define NEIGHBOUR_RETRY_MS   500
#define NEIGHBOUR_ATTEMPTS   3 // then the place goes to another address; the next packet asks again

struct neighbour {
    uint8_t ip[16];
    _Atomic uint64_t mac; // 48 bits in memory order, bit 48: valid
    uint64_t confirmed;   // monotonic ns
    uint64_t asked;
    bool is_kept; // a gateway: stays in the table while it does not answer
    uint8_t unanswered;
    _Atomic uint32_t used; // since it was confirmed: an entry that nobody uses is not asked for again
    _Atomic uint32_t in_use;
};

struct neighbour_table {
    struct neighbour entries[NEIGHBOUR_MAX];
    _Atomic uint64_t wanted; // bit per entry: some worker found it unresolved

    // A mailbox of one address that some worker wants added: 0 empty, 1 being written, 2 full.
    _Atomic uint32_t request_state;
    uint8_t request[16];
};

// 0 and the address, -EAGAIN: asked for, not there yet; -ENOENT: not even known to be needed (the writer must add it).
int neighbour_find(struct neighbour_table *table, const uint8_t ip[16], struct rte_ether_addr *ret_mac);

// Any worker: asks the writer to add an address. A full mailbox loses the request; the next packet asks again.
void neighbour_want(struct neighbour_table *table, const uint8_t ip[16]);

// Writer: adds an address to resolve; the table is bounded, -ENOSPC.
int neighbour_add(struct neighbour_table *table, const uint8_t ip[16], bool is_kept);

// Writer: an answer, or a request that tells its sender's address. Only entries that are wanted are filled.
void neighbour_learn(struct neighbour_table *table, const uint8_t ip[16], const struct rte_ether_addr *mac,
                     uint64_t now);

// Writer, now and then: the next entry that must be asked for; -1: none.
int neighbour_due(struct neighbour_table *table, uint64_t now);
