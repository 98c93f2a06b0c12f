// SPDX-License-Identifier: Apache-2.0
// The devices: addresses, offloads, queues, next hops.
#pragma once

#include "address.h"
#include "config.h"
#include "counters.h"
#include "neighbour.h"

#include <rte_ethdev.h>
#include <stdbool.h>

struct tables;

#define PORT_MAX       CONFIG_PORTS_MAX
#define PORT_ADDRESSES CONFIG_ADDRESSES_MAX
#define PORT_QUEUES    TABLES_MAX_WORKERS

struct port_address {
    struct transport_address ip; // port 0
    unsigned prefix;             // of the family's own length
    bool is_ipv4;
};

struct port {
    uint16_t index;  // in the configuration and in shared memory
    uint16_t device; // DPDK's port id
    struct rte_ether_addr mac;
    uint16_t queues;     // receive and send: one per worker, or fewer
    uint16_t vlan;       // 0: untagged
    uint16_t mtu;        // bytes of an IP packet
    bool checksum_tx;    // the device computes UDP sums
    bool checksum_rx;    // the device checks them
    bool trust_checksum; // receive sums are not looked at
    bool reply_to_sender_mac;
    unsigned address_count;
    struct port_address addresses[PORT_ADDRESSES];
    struct transport_address link_local;        // fe80:: from the MAC, for ND
    struct transport_address gateway, gateway6; // none: all zero
    struct neighbour_table neighbours;
    int wait_fds[PORT_QUEUES]; // what to poll while asleep: one per queue at most
    unsigned wait_fd_count;
};

// All devices of the configuration, started. 0, else -errno after one clear line on stderr.
int ports_start(const struct config *config, unsigned workers, struct rte_mempool *pool, struct tables *tables);
void ports_stop(void);
unsigned ports_count(void);
struct port *ports_get(unsigned index);

// Device counters into the state segment; the main thread's job.
void ports_publish(struct tables *tables);

// The queue that a worker receives from, -1: none. And the worker that may send on a queue that serves this one.
int port_receive_queue(const struct port *port, unsigned worker);
unsigned port_send_worker(const struct port *port, unsigned worker);

// A station was heard: into the table by the worker that writes it, by way of that one from the others.
void port_learn_neighbour(struct port *port, unsigned worker, const uint8_t ip[16], const struct rte_ether_addr *mac,
                          uint64_t now);

// One of ours, the link-local one included.
bool port_has_address(const struct port *port, const struct transport_address *ip);

// Where a packet to `remote` goes next: itself on the link, else the gateway. -EHOSTUNREACH: no gateway.
int port_next_hop(const struct port *port, const struct transport_address *remote, struct transport_address *ret_hop);
