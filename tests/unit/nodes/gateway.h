// SPDX-License-Identifier: Apache-2.0
// A dataplane in this process: the real graph on devices made of rings, on segments of its own, with a clock that only
// the test moves. Each test opens a fresh one; it ends with every packet accounted for.
#pragma once

#include "dataplane.h"

#define GATEWAY_WORKERS 2
#define GATEWAY_PORTS   2
#define FRAME_MAX       2000
#define MILLISECOND     UINT64_C(1000000)

enum { PORT_PLAIN, PORT_VLAN }; // 192.0.2.1, 2001:db8::1, two queues; 198.51.100.1 in VLAN 42, one queue

struct frame {
    unsigned size;
    uint8_t bytes[FRAME_MAX];
};

struct gateway {
    struct tables control, dataplane; // the two processes' views
    struct entries entries;
    struct worker *workers[GATEWAY_WORKERS];
    unsigned worker_count;
    uint64_t now;
    uint64_t receive_flags; // what the device says of each frame that arrives, RTE_MBUF_F_RX_...
    uint64_t sent_flags;    // what it was asked to do with the last one taken, RTE_MBUF_F_TX_...
};
extern struct gateway gateway;

// Once for the program: EAL without devices, pool, ports. 0 or -errno.
int gateway_start(void);
void gateway_stop(void);

void gateway_open(unsigned workers);
// Settles, and asserts that the packet balance is exact and that every buffer is back in the pool.
void gateway_close(void);
// kill -9 and a successor: everything but the segments is new.
void gateway_restart(void);

// Every worker walks once; timers rest unless gateway_fire was called for them.
void gateway_walk(void);
void gateway_settle(void);
void gateway_advance(uint64_t ms);
// The transport's timer is due at the next walk.
void gateway_fire(uint32_t transport);

// A frame arrives on a queue; a frame that left. take: false if there is none.
void gateway_receive(unsigned port, unsigned queue, const struct frame *frame);
bool gateway_take(unsigned port, struct frame *ret_frame);

// Over all workers.
uint64_t gateway_seen(const char *node); // packets that a node has worked on
uint64_t gateway_dropped(enum drop_reason reason);
uint64_t gateway_drops(void);
uint64_t gateway_consumed(enum consume_kind kind);
uint64_t gateway_created(enum create_kind kind);
