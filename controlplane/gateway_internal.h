// SPDX-License-Identifier: Apache-2.0
// Inside of the gateway: the loop and the door to it.
#pragma once

#include "gateway_process.h"

#include <pthread.h>
#include <uv.h>

struct gateway {
    struct control control;
    uv_loop_t loop;
    uv_async_t knock;    // requests wait
    uv_poll_t wake;      // the workers' eventfd
    uv_poll_t link;      // to naru-sctp
    int link_events;     // that are polled for
    uv_prepare_t before; // each time the loop is about to sleep
    uv_check_t after;    // and when it has slept
    uv_idle_t busy;      // active: there is more to read, do not sleep
    uv_timer_t heartbeat, watch, tick, settle;
    uv_signal_t terminate, interrupt;
    uv_tcp_t tcp_listeners[CONFIG_ADDRESSES_MAX];
    unsigned tcp_listener_count;
    int wake_fd;
    bool is_stopping, is_fenced;
    uint64_t stop_by;

    pthread_mutex_t lock; // of what follows
    struct gateway_request **waiting;
    size_t waiting_count, waiting_room;
    bool is_shut; // nobody serves the queue any more

    _Atomic int readiness;      // enum control_readiness
    _Atomic uint64_t looked_at; // when the loop last said so
};

// gateway.c: on the loop's thread.
void gateway_serve(struct gateway *gateway);
// tcp_sockets.c: what is to be written and who is to be closed, after each turn of the loop; and all of them.
void tcp_sockets_serve(struct gateway *gateway);
void tcp_sockets_close(struct gateway *gateway);
// Refuses what waits, and from now on everything.
void gateway_shut(struct gateway *gateway);
