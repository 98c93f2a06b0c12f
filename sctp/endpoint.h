// SPDX-License-Identifier: Apache-2.0
// One SCTP association as naru-sctp has it: a socket of usrsctp, what waits to be handed to it, what it has to say.
#pragma once

#include "link_message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define ENDPOINT_STREAMS    1024
#define ENDPOINT_QUEUE_MAX  (1 << 20) // bytes that wait: naru-control keeps a window of half of it
#define ENDPOINT_BUFFER     (1 << 19) // of the socket, each way: two of the largest messages
#define ENDPOINT_BITS_WORDS (ENDPOINT_STREAMS / 64)

struct socket;
struct service;

struct message {
    TAILQ_ENTRY(message) next;
    uint16_t stream;
    uint8_t flags; // enum link_flags
    uint32_t ppid, number;
    size_t size, room;
    uint8_t data[];
};
TAILQ_HEAD(message_list, message);

struct endpoint {
    uint64_t handle; // what usrsctp has for an address
    uint32_t transport, generation;
    struct service *service;
    struct socket *socket; // NULL once it is down
    struct link_setup setup;
    bool is_up, is_silent; // is_silent: what it still wants to send is nobody's
    bool is_inside;        // between the first and the last piece of what the peer sends
    int64_t credit;        // bytes that naru-control takes
    struct message_list queue;
    struct message *coming; // of naru-control, not yet whole
    size_t queued;
    uint64_t said;             // bytes of LINK_SEND in all
    uint64_t taken;            // of them, not yet told as taken
    bool is_dry;               // and not yet told
    char why[LINK_REASON_MAX]; // it went down, and that is not yet told
    uint64_t resets[ENDPOINT_BITS_WORDS];
    unsigned reset_count; // streams to be reset
    bool is_active;       // in the service's list of those with something to do
    TAILQ_ENTRY(endpoint) active;
    LIST_ENTRY(endpoint) same;
};

// usrsctp, once per process; without threads. Before the system calls are filtered: it opens its source of chance.
void endpoint_start_library(int (*output)(void *address, void *packet, size_t size, uint8_t tos, uint8_t set_df));

// Sends INIT. 0, or -errno.
int endpoint_open(struct endpoint *endpoint);
// abort: tells the peer. Frees what the endpoint holds, not itself.
void endpoint_close(struct endpoint *endpoint, bool abort);

// Of naru-control.
void endpoint_packet(struct endpoint *endpoint, const uint8_t *packet, size_t size);
void endpoint_send(struct endpoint *endpoint, const struct link_message *piece);
void endpoint_reset(struct endpoint *endpoint, const struct link_message *message);

// What can be done now: hands over, resets, reads, tells. True when it waits for nothing but its turn.
bool endpoint_work(struct endpoint *endpoint);
