// SPDX-License-Identifier: Apache-2.0
// One peer: a publisher or a viewer. Owned by the control loop; freed once, by ending.c.
#pragma once

#include "association.h"
#include "directory.h"
#include "journal.h"
#include "peer.h"
#include "rings.h"
#include "state.h"

#include <sys/queue.h>

struct connectivity;
struct room;
struct session_channels;

// Where the last DTLS datagram came from; all zero: the selected path.
struct reply_address {
    struct transport_address remote, local;
    uint32_t port;
};

struct session {
    struct journal_session record; // what a successor needs; written through session_save
    struct directory_entry by_id;
    unsigned state; // enum gateway_session_state
    char reason[96];
    struct peer_connection *peer;      // of a peer connection, else NULL
    struct room *room;                 // NULL once it left
    struct session_channels *channels; // data channels; NULL: none were negotiated
    struct connectivity *connectivity; // full ICE; NULL: none is under way
    bool remote_is_lite;
    struct association *association;  // of the handshake; then record.records goes on
    struct fingerprint *fingerprints; // that the peer signalled; NULL once one was right
    unsigned fingerprint_count;
    struct reply_address reply_to;
    uint64_t held_version;      // the last flight waits until the worker acts on it; 0: nothing is held
    uint64_t setup_at;          // monotonic ns: its peer may come
    uint64_t failed_at;         // monotonic ns
    uint64_t consent_from;      // consent is not older than this: set when it is waited for again
    uint32_t remote_candidates; // trickled and in the offer; only a full agent sends checks to them
    bool is_setting_up;         // in the setup list
    bool is_expected;           // and counted beforehand (placement.h)
    TAILQ_ENTRY(session) all, setup, viewers, checking;
};
TAILQ_HEAD(session_list, session);

extern const struct state_table session_moves;

// NULL when there is no memory.
struct session *session_new(void);
void session_free(struct session *session);

int session_move(struct session *session, enum gateway_session_state to);
bool session_is_live(const struct session *session); // has records in the tables

// What others may know of it: a digest of its id, by which nothing can be asked of it.
void session_public_name(const struct session *session, char ret_name[GATEWAY_ID_SIZE]);

// Whether a request means it: with its id, as what it is, and in its room, if one is named. Takes NULL.
bool session_is_meant(const struct session *session, const struct gateway_request *request);
