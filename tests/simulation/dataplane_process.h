// SPDX-License-Identifier: Apache-2.0
// naru-dataplane in the simulation: the real workers and the real graph, on a device made of rings, walked by the
// simulator's thread one after the other. What is not there: worker_run and dataplane_watch, which read clocks, sleep
// and watch threads; their parts that matter (heartbeat, epochs) are played here.
#pragma once

#include "network.h"

#include <stdbool.h>

// Once: EAL and device. 0 or -errno.
int dataplane_boot(void);
// The process begins under a new epoch.
void dataplane_start(void);
// What a kill leaves: nothing but the shared memory.
void dataplane_die(void);
bool dataplane_is_alive(void);

// From the network; lost when nobody runs or the queue is full.
void dataplane_receive(const struct datagram *datagram);
// Some walks; false: it was killed in one.
bool dataplane_step(void);
// What left, one at a time.
bool dataplane_take(struct datagram *ret_datagram);

// Nothing is under way: every packet is accounted for and every buffer back.
void dataplane_check_balance(void);
void dataplane_halt(void);
