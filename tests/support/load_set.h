// SPDX-License-Identifier: Apache-2.0
// Many publishers that come up at a steady rate, say one packet of each stream, and then only show consent.
#pragma once
#include "peer_session.h"

#define LOAD_SESSIONS_MAX 65536

struct load_set {
    const struct client_options *options;
    struct session **sessions;
    unsigned count, first; // first: of those that the running order opened
    unsigned ticks, started, first_unsettled, next_tended;
    unsigned *pending; // sessions under way, by index
    unsigned pending_count;
    int epoll;
    CURLM *multi;
    SSL_CTX *dtls;
    uint64_t next_tick_ns;
    double *setup_ms; // of those that came up, sorted
    unsigned setup_count;
};

struct load_outcome {
    unsigned asked, connected, failed, most_at_once;
    double seconds;         // from the first POST to the last session that came up
    double latest_start_ms; // how far behind its plan this client fell: more than a few says nothing of the gateway
    char suite[32], error[256];
};

// -errno, with a message on stderr.
int load_set_open(struct load_set *set, const struct client_options *options);
void load_set_close(struct load_set *set);

// Keys and certificates of count more sessions, outside the measured time. 0 or -errno.
int load_prepare(struct load_set *set, unsigned count);
// Brings up what was prepared. The time of a session counts from when it was due: HTTP connect, POST, ICE, DTLS, and
// the first SRTP packet sent.
void load_open(struct load_set *set, double rate, struct load_outcome *ret_outcome);
double load_percentile(const struct load_set *set, double part); // ms
// DELETE of all. How many were answered with 200.
unsigned load_close(struct load_set *set);

// Keeps up consent until stdin can be read. False at its end.
bool load_wait_for_order(struct load_set *set);
