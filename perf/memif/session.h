// SPDX-License-Identifier: Apache-2.0
// One set of rooms on a gateway over memif: started, its paths proven by checks over the wire, warmed up.
#pragma once

#include "gateway.h"
#include "load.h"

struct session {
    struct rooms rooms;
    unsigned payload;
    enum traffic_order order;
    unsigned audio_share;
    uint32_t lost_each;        // viewers lose one packet of so many and ask for it; 0: none
    uint32_t lost_before_each; // one of so many is lost on its way to the gateway, which asks for it; 0: none
    enum config_idle idle;
    const char *bare; // NULL: naru-dataplane; else what the process in its place does
};

// Once for the program, before any session: CPUs, huge pages, ipsec-mb, DPDK, the peer's end of the link.
int session_start_all(void);
void session_stop_all(void);

// 0, else -1 after a line on stderr. ret_traffic is the session's until it is closed.
int session_open(const struct session *session, struct traffic *ret_traffic);
void session_close(struct traffic *traffic);

// Lets each source send once, and libsrtp2 check what came back: how many were right, -1: not all.
int session_warm_up(struct traffic *traffic);

// The rate at which nothing is lost, up to `most`, by trials of so many seconds. A trial in which one of the CPUs was
// taken away and something was lost is made again, three times at most.
double session_highest_rate(struct traffic *traffic, double most, double seconds, unsigned *ret_repeated);
