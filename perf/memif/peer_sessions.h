// SPDX-License-Identifier: Apache-2.0
// libsrtp2's sessions of the peers, made when a transport's is first asked for. Only where libsrtp2 is
// (NARU_PERF_LIBSRTP).
#pragma once

#include "libsrtp.h"
#include "rooms.h"

struct peer_sessions {
    const struct rooms *rooms;
    bool are_senders; // what the peers say to the gateway; else what it says to them
    srtp_t *list;     // by transport
};

// 0, -ENOTSUP (libsrtp2 did not start) or -ENOMEM.
int peer_sessions_open(const struct rooms *rooms, bool are_senders, struct peer_sessions *ret_sessions);
void peer_sessions_close(struct peer_sessions *sessions); // also one that is all zeros

// NULL: no memory, or libsrtp2 does not know the suite.
srtp_t peer_sessions_of(struct peer_sessions *sessions, uint32_t transport);
