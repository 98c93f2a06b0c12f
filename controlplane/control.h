// SPDX-License-Identifier: Apache-2.0
// The control shard: all rooms, sessions and their records, without loop, threads or clock of its own. loop.c drives
// it; unit tests and tests/simulation do the same with a clock of theirs. `now` is monotonic nanoseconds.
#pragma once

#include "config.h"
#include "control_readiness.h"
#include "control_setup.h"
#include "data_link.h"
#include "departures.h"
#include "event_store.h"
#include "farewells.h"
#include "placement.h"
#include "quarantines.h"
#include "room.h"
#include "session_channels.h"
#include "supervision.h"
#include "system.h"
#include "tcp_connections.h"

#define CONTROL_SECOND      1000000000ULL
#define CONTROL_FAILED_MAX  64                    // sessions that failed and can still be looked at
#define CONTROL_FAILED_TIME (10 * CONTROL_SECOND) // for how long
#define CONTROL_STALE_TIME  (2 * CONTROL_SECOND)  // a heartbeat older than that: the dataplane is away

struct control {
    const struct config *config;
    const int *worker_wakes;
    const struct system *system;
    uint64_t epoch, started_at;
    struct tables tables;
    struct intents intents;
    struct journal journal;
    struct supervision_memory *supervision; // NULL: nobody tells
    struct dtls_identity identity;
    const struct dtls_engine *dtls;
    void *dtls_context;                    // of the engine
    struct data_link data_link;            // to naru-sctp
    struct session_channels_list channels; // of all sessions that have some
    struct rooms rooms;
    struct directory sessions;
    struct session **by_transport;
    struct tcp_connections tcp;
    struct session_list all, setup, checking; // checking: full ICE is under way
    unsigned session_count, setup_count, held_count, failed_count;
    uint32_t turns[RING_KINDS]; // which worker's ring is next
    struct farewells farewells;
    bool is_stopping, has_news; // has_news: events that waiters have not been given
    double setup_allowance;     // token bucket of limits.setups-per-second, twice as deep
    uint64_t allowance_at;
    uint64_t dataplane_epoch, dataplane_seen_at; // when that epoch was first seen
    uint64_t dataplane_back_at;                  // when its heartbeat was last found alive again
    bool dataplane_alive;
    struct placement placement;
    uint64_t created, connected, failed, closed, refused[REFUSALS], quarantined;
    char last_quarantined[GATEWAY_ID_SIZE];
    struct quarantines quarantines;
    uint64_t event_number;
    struct event_ring events;                  // of all peers
    struct event_store channel_events;         // the same of data channels, but for messages
    struct event_waiters *event_waiters;       // requests that wait for some (peer_events.c)
    uint64_t records_ignored, records_dropped; // DTLS of connected sessions: nobody wants it; plain, forged, replayed
    uint64_t checks_at, checks_withheld;       // up to when the budget of ICE checks is spent; those beyond it
};

// Attaches, takes over what a predecessor left, writes the shards. 0 or -errno: -EPROTO for segments of another
// release, -EINVAL for a certificate that is none.
int control_open(const struct control_setup *setup, uint64_t now, struct control *ret_control);
// Frees memory; sessions stay in the tables.
void control_close(struct control *control);

// Answers it: request->done is called before this returns.
void control_request(struct control *control, struct gateway_request *request, uint64_t now);

// Handles a bounded number of messages from the workers; true when more wait.
bool control_receive(struct control *control, uint64_t now);
// Every few milliseconds while it returns true: what waits for an acknowledgement of a worker.
bool control_settle(struct control *control, uint64_t now);
// Every 20 to 50 ms while there is something to do: handshakes, set-up limits, checks of full ICE.
void control_tick(struct control *control, uint64_t now);
bool control_has_ticks(const struct control *control);
// About once a second: what the state segment says of all sessions.
void control_watch(struct control *control, uint64_t now);

void control_release(struct control *control); // answers whoever waits for events of peers
// Ends all sessions, takes no new ones.
void control_drain(struct control *control, uint64_t now);
bool control_is_drained(const struct control *control);

enum control_readiness control_readiness(const struct control *control, uint64_t now);
// True when the supervisor has taken this process's epoch back: it must write nothing any more.
bool control_is_fenced(const struct control *control);
