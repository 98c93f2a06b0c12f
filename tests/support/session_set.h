// SPDX-License-Identifier: Apache-2.0
// All sessions of the process on one epoll loop.
#pragma once
#include "peer_session.h"

struct session_set {
    const struct client_options *options;
    struct session *sessions;
    unsigned count;
    int epoll;
    struct timeline *timeline; // NULL: not asked for
    CURLM *multi;
    SSL_CTX *dtls;
    uint64_t next_tick_ns, next_report_ns;
};

// Room for count sessions, none initialised. -errno, with a message on stderr.
int session_set_open(struct session_set *set, const struct client_options *options, unsigned count);
void session_set_close(struct session_set *set);
// Initialises a session in its slot and listens to its socket.
int session_set_add(struct session_set *set, struct session *session, bool lite, unsigned direction);
// Waits a millisecond at most, then handles whatever is ready. Returns the time.
uint64_t session_set_step(struct session_set *set);
// Ends early where no session is left, but for --keep-going, and on an interrupt.
void session_set_run(struct session_set *set, double seconds);
// For what is still on its way.
void session_set_drain(struct session_set *set, double seconds);
// SIGINT and SIGTERM from now on end the current run, which is closed and reported as usual.
void session_set_catch_interrupts(void);
bool session_set_interrupted(void);
// True once each session is connected, closed or failed.
bool session_set_settled(const struct session_set *set);
void session_set_stop_sending(struct session_set *set);
// close_notify everywhere.
void session_set_hang_up(struct session_set *set);
