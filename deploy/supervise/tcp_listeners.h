// SPDX-License-Identifier: Apache-2.0
// The sockets on which peers connect by TCP (ice.tcp-listen), held beside naru-control's own descriptors of them: who
// connects while it is being started again waits for its successor, and is not refused.
#pragma once

#include "config.h"
#include "descriptor_store.h"

struct tcp_listeners {
    unsigned count;
    int fds[CONFIG_ADDRESSES_MAX];
};

// Those that a predecessor kept for the same addresses, and others anew, which are kept. What cannot be had is left
// out: naru-control asks for it itself, and says why it cannot start.
void tcp_listeners_open(const struct config *config, struct descriptor_store *store,
                        struct tcp_listeners *ret_listeners);
void tcp_listeners_close(struct tcp_listeners *listeners);
