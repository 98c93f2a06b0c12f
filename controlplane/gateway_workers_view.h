// SPDX-License-Identifier: Apache-2.0
// The part of the view that shows workers, their shards and ports.
#pragma once

#include "gateway.h"

struct gateway_shard_view {
    unsigned index, worker, rooms, sessions;
    unsigned first_port, ports;
    bool is_draining, is_moving;
};

struct gateway_count { // one named counter; names are static strings
    const char *name, *help;
    uint64_t value;
};

struct gateway_node_view {
    char name[32];
    uint64_t calls, packets, cycles;
};

struct gateway_worker_view {
    unsigned index, cpu;
    bool alive;
    bool is_draining, is_overloaded; // takes no new sessions
    uint64_t epoch, heartbeat_age_ms;
    double load; // busy cycles of all cycles over the last second, 0..1
    uint64_t cycles_per_second;
    uint64_t received, sent, received_bytes, sent_bytes, walks, sleeps, history_stored, history_overwritten;
    unsigned transports;
    unsigned created_count, consumed_count, dropped_count, nacked_count, ran_dry_count, node_count;
    struct gateway_count *created, *consumed, *dropped, *nacked, *ran_dry; // each kind, in the order of its enumeration
    struct gateway_node_view *nodes;
    int64_t balance; // received + created - sent - consumed - dropped: what is under way
};

struct gateway_port_view {
    unsigned index;
    char device[64], offloads[192], mac[18];
    bool link_up;
    uint64_t received, received_bytes, sent, sent_bytes, missed, errors;
};
