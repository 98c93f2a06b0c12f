// SPDX-License-Identifier: Apache-2.0
// A peer's TCP connection to a passive candidate (RFC 6544), with the framing of RFC 4571. It connects again whenever
// it was closed. Driven by ticks.
#pragma once
#include "socket_address.h"

#define TCP_LINK_IN  65536
#define TCP_LINK_OUT 262144

struct tcp_link {
    int fd;                      // -1: closed
    bool connected, was_dropped; // the latter once, because it was told to
    struct socket_address to;
    const char *bind;
    uint64_t next_try_ns, connected_ns;
    unsigned connects, closes;
    size_t in_used, out_used;
    uint8_t in[TCP_LINK_IN], out[TCP_LINK_OUT];
};

typedef void (*tcp_link_take_fn)(void *context, uint8_t *packet, size_t size);

// NULL: no memory.
struct tcp_link *tcp_link_open(const struct socket_address *to, const char *bind);
void tcp_link_close(struct tcp_link *link);
// Connects, sends what waits, hands on what came. True in the tick in which it has become connected.
bool tcp_link_tick(struct tcp_link *link, uint64_t now, tcp_link_take_fn take, void *context);
// False: it is not connected, or takes no more.
bool tcp_link_send(struct tcp_link *link, const uint8_t *packet, size_t size);
// As if the network had closed it; the next tick connects anew.
void tcp_link_drop(struct tcp_link *link);
