// SPDX-License-Identifier: Apache-2.0
// naru-sctp's one thread: the link to naru-control, all endpoints, SCTP's timers, a heartbeat.
#pragma once

#include "endpoint.h"

#define SERVICE_TRANSPORTS (1u << 18)
#define SERVICE_HANDLES    4096

struct segment_header;

struct service_setup {
    int link;
    struct segment_header *life; // NULL: nobody watches
    uint64_t epoch;
    unsigned endpoints_max;
};

struct service {
    struct service_setup setup;
    bool hello_is_due, is_welcome; // naru-control knows that this process is the one that lives
    bool welcome_is_due;
    uint64_t control_epoch;
    uint64_t ticked_at; // ms
    unsigned endpoint_count;
    size_t pending_size; // of a message that the link did not take
    uint8_t pending[LINK_MESSAGE_MAX];
    TAILQ_HEAD(, endpoint) active;
    LIST_HEAD(, endpoint) by_handle[SERVICE_HANDLES];
    struct endpoint *by_transport[SERVICE_TRANSPORTS];
    uint64_t packets_dropped; // the link was full: SCTP sends again
};

// Once per process. 0 or -errno.
int service_open(const struct service_setup *setup, struct service **ret_service);
// Until SIGTERM (0), until the epoch is over or the link is gone (-ESTALE, -errno).
int service_run(struct service *service);
// What is on the link and what follows from it; waits at most that long. 0 or -errno.
int service_turn(struct service *service, int timeout_ms);
void service_close(struct service *service);

// Of endpoints. An address of usrsctp is a number that means something here alone.
void *service_address(uint64_t handle);
void service_activate(struct endpoint *endpoint);
// 0: said, or kept until there is room; -EAGAIN: neither.
int service_say(const struct endpoint *endpoint, const struct link_message *message);
bool service_is_blocked(const struct service *service);
