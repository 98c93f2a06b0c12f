// SPDX-License-Identifier: Apache-2.0
// Next hops' hardware addresses, by ARP (RFC 826) and ND (RFC 4861). One writer: the worker of the port's first queue;
// the others read, ask for what is missing, and pass on what they hear.
#pragma once

#include "address.h"

#include <rte_ether.h>
#include <stdatomic.h>
#include <stdbool.h>

#define NEIGHBOUR_MAX        256   // a power of two
#define NEIGHBOUR_REFRESH_MS 20000 // asked again after this long
#define NEIGHBOUR_EXPIRE_MS  60000 // and forgotten after this long without an answer
#define NEIGHBOUR_RETRY_MS   500
#define NEIGHBOUR_ATTEMPTS   3 // then the place goes to another address; the next packet asks again

// A place that was given up is passed by who searches, an empty one ends the search.
enum neighbour_place { NEIGHBOUR_EMPTY, NEIGHBOUR_GIVEN_UP, NEIGHBOUR_IN_USE };

struct neighbour {
    uint8_t ip[16];
    _Atomic uint64_t mac; // 48 bits in memory order, bit 48: valid
    uint64_t confirmed;   // monotonic ns
    uint64_t asked;
    bool is_kept; // a gateway: stays in the table while it does not answer
    uint8_t unanswered;
    _Atomic uint8_t place;  // enum neighbour_place
    _Atomic uint8_t wanted; // some worker found it unresolved
    _Atomic uint8_t used;   // since it was confirmed: an entry that nobody uses is not asked for again
};

// One message from any worker to the writer.
struct neighbour_mailbox {
    _Atomic uint32_t state; // 0 empty, 1 being written, 2 full
    uint8_t ip[16];
    struct rte_ether_addr mac;
};

struct neighbour_table {
    struct neighbour entries[NEIGHBOUR_MAX]; // open addressing by a hash of the address
    _Atomic uint32_t has_wanted;             // an entry became wanted since the writer looked at all of them
    uint64_t looked;                         // writer's: monotonic ns of that
    struct neighbour_mailbox to_add, to_learn;
};

// 0 and the address, -EAGAIN: asked for, not there yet; -ENOENT: not even known to be needed (the writer must add it).
int neighbour_find(struct neighbour_table *table, const uint8_t ip[16], struct rte_ether_addr *ret_mac);

// Any worker: asks the writer to add an address, or tells it one. A full mailbox loses the message: the next packet
// asks again, and an answer that was lost is asked for again.
void neighbour_want(struct neighbour_table *table, const uint8_t ip[16]);
void neighbour_tell(struct neighbour_table *table, const uint8_t ip[16], const struct rte_ether_addr *mac);

// Whether less than half of it is in use: beyond that only addresses of proven paths are asked for.
bool neighbour_has_room(const struct neighbour_table *table);

// Writer: adds an address to resolve; the table is bounded, -ENOSPC.
int neighbour_add(struct neighbour_table *table, const uint8_t ip[16], bool is_kept);

// Writer: an answer, or a request that tells its sender's address. Only entries that are wanted are filled.
void neighbour_learn(struct neighbour_table *table, const uint8_t ip[16], const struct rte_ether_addr *mac,
                     uint64_t now);

// Writer, each walk: empties the mailboxes; the next entry that must be asked for, -1: none.
int neighbour_due(struct neighbour_table *table, uint64_t now);
