// SPDX-License-Identifier: Apache-2.0
// The TCP connections of peers (RFC 6544): bounded in number, in total and of each source, and each in what it may
// hold. Nothing here knows a socket: tcp_sockets.c reads into `in`, writes from `out`, and frees what has ended.
#pragma once

#include "carried_address.h"
#include "layout.h"
#include "tcp_frame.h"

#include <stdbool.h>
#include <sys/queue.h>

#define TCP_IN_SIZE  16384
#define TCP_OUT_SIZE 65536 // that wait for the peer: a key frame, not seconds of media

enum tcp_end { // why a connection was closed
    TCP_END_PEER,
    TCP_END_UNCHECKED,
    TCP_END_EVICTED,
    TCP_END_NOT_AUTHENTIC,
    TCP_END_TOO_LONG,
    TCP_END_SILENT,
    TCP_END_SESSION,
    TCP_ENDS
};
extern const char *const tcp_end_names[TCP_ENDS], *const tcp_end_help[TCP_ENDS];

enum tcp_refusal { TCP_REFUSED_LIMIT, TCP_REFUSED_SOURCE_LIMIT, TCP_REFUSED_NO_MEMORY, TCP_REFUSALS };
extern const char *const tcp_refusal_names[TCP_REFUSALS], *const tcp_refusal_help[TCP_REFUSALS];

enum tcp_drop { // of packets
    TCP_DROP_UNCHECKED,
    TCP_DROP_RING_FULL,
    TCP_DROP_PEER_SLOW,
    TCP_DROP_NO_CONNECTION,
    TCP_DROPS
};
extern const char *const tcp_drop_names[TCP_DROPS], *const tcp_drop_help[TCP_DROPS];

struct tcp_connection {
    uint16_t place;
    uint32_t serial;
    struct transport_address remote, local; // of the socket
    uint8_t source[16];                     // an IPv4 address, or the /64 of an IPv6 one
    struct record_link transport;           // generation 0: no authenticated check came yet
    uint64_t opened_at, last_received;      // monotonic ns
    unsigned unchecked;                     // packets that were no authenticated check
    bool is_due, has_ended;
    void *socket; // tcp_sockets.c's
    uint32_t in_used, out_begin, out_end;
    TAILQ_ENTRY(tcp_connection) due;
    uint8_t in[TCP_IN_SIZE], out[TCP_OUT_SIZE];
};
TAILQ_HEAD(tcp_connection_list, tcp_connection);

struct tcp_connections {
    struct tcp_connection **places;
    uint32_t size, per_source, count, epoch, next_serial;
    struct tcp_connection_list due; // have something to write, or have ended
    uint64_t accepted, ended[TCP_ENDS], refused[TCP_REFUSALS], dropped[TCP_DROPS], received, sent; // packets
    struct transport_address told_closed; // the worker was told last that this is no connection any more
    uint64_t told_at;
};

// At most 65535 connections. 0 or -ENOMEM.
int tcp_connections_open(struct tcp_connections *connections, uint32_t size, uint32_t per_source, uint32_t epoch);
void tcp_connections_close(struct tcp_connections *connections);

// Those without an authenticated check have half of the places: the oldest of them ends for a new one. NULL: refused,
// and counted.
struct tcp_connection *tcp_connection_new(struct tcp_connections *connections, const struct transport_address *remote,
                                          const struct transport_address *local, uint64_t now);
// It is due, to be closed and freed.
void tcp_connection_end(struct tcp_connections *connections, struct tcp_connection *connection, enum tcp_end why);
void tcp_connection_free(struct tcp_connections *connections, struct tcp_connection *connection);

struct transport_address tcp_connection_address(const struct tcp_connections *connections,
                                                const struct tcp_connection *connection);
// By that address; NULL: it has ended.
struct tcp_connection *tcp_connection_find(const struct tcp_connections *connections,
                                           const struct transport_address *carried);

// Queues a packet with its length, and makes the connection due. -ENOBUFS: the peer does not read fast enough.
int tcp_connection_queue(struct tcp_connections *connections, struct tcp_connection *connection, const void *packet,
                         size_t size);
// Takes the next one off the list; NULL: there is none.
struct tcp_connection *tcp_connections_next_due(struct tcp_connections *connections);
