// SPDX-License-Identifier: Apache-2.0
// One peer connection beside its session: what was agreed on, and the negotiation under way.
#pragma once

#include "event_store.h"
#include "ice_credentials.h"
#include "journal_peer.h"
#include "jsep.h"
#include "quality.h"
#include "sdp.h"

#define PEER_EVENTS    64
#define PEER_DECLINED  32
#define PEER_STREAMS   8                          // that it may send here
#define PEER_RETIRED   (4 * JOURNAL_TRANSCEIVERS) // links that the worker has not let go yet
#define PEER_DEPARTING (PEER_RETIRED + 2 * JOURNAL_TRANSCEIVERS)

struct bridged; // peer_bridge.c
STAILQ_HEAD(bridged_list, bridged);
// What members of the room sent on data channels for this one, and could not be given yet.
struct peer_bridge {
    struct bridged_list waiting;
    unsigned count;
    uint64_t moved_at;   // monotonic ns: something of it was taken
    uint64_t settles_at; // by then it has opened what channels it opens at first; 0: it is not up yet
    bool is_settled;
    bool is_stalled; // it took nothing for long: what comes for it is dropped, until it does
    bool is_at_work; // a call of its own is under way
    uint64_t passed, dropped;
    uint32_t declined[PEER_DECLINED]; // hashes of labels: it has closed what was opened towards it; 0: none
    unsigned next_declined;
};

// One m-line of a description that was created: which transceiver it is to be.
struct proposed_line {
    struct journal_line line;
    uint32_t serial;           // of the transceiver; 0: a new one, when the line has none and is_new
    bool is_new, is_data;      // is_data: offered with data channels
    uint8_t wish;              // WAY_* that were offered
    uint64_t payload_types[2]; // bits: offered
};

// What createOffer or createAnswer made; nothing is changed by it.
struct proposal {
    enum jsep_type type;
    char *text;
    struct sdp_answer *answer; // to the remote offer; NULL of an offer
    unsigned line_count;
    uint64_t sdp_version;
    bool restarts_ice; // it tells the next credentials
    struct proposed_line lines[JOURNAL_TRANSCEIVERS];
};

struct retired_link {
    uint64_t version; // of the transport without it; 0: not published yet
    uint32_t index;
    bool is_route;
};

struct peer_connection {
    struct journal_peer record;
    enum jsep_state state;
    struct sdp *remote_offer;        // that is not answered for good
    struct proposal *created, *sent; // the last that was created; the local offer that is not answered for good
    struct ice_credentials local, next_local;
    char remote_ufrag[ICE_UFRAG_SIZE];
    uint64_t fingerprints; // a digest of those of the peer that were last agreed on; 0: not known
    bool has_next_local;   // ICE is to be restarted by the next local offer
    bool remote_restarts;  // it is restarted by the remote offer
    bool remote_secures;   // the remote offer is of another DTLS association
    bool awaits_hello;     // the peer took the client's role: its ClientHello begins another one
    bool needs_negotiation;
    bool remote_is_lite; // as its last description says
    bool is_published;   // its transport is in the tables
    unsigned told_state; // enum gateway_session_state, in events
    uint64_t used_at;    // monotonic ns; only until it is published
    struct quality quality;
    struct event_ring events;
    struct event_store channel_events;
    uint64_t events_asked_at; // monotonic ns, by a reader
    struct peer_bridge bridge;
    uint64_t channels_opened, channels_closed;
    struct departing_links *departing; // for its end: then nothing may fail
    unsigned retired_count;
    struct retired_link retired[PEER_RETIRED];
};

// NULL when there is no memory.
struct peer_connection *peer_new(void);
void peer_free(struct peer_connection *peer); // also NULL

void proposal_free(struct proposal *proposal); // also NULL
// Forgets the negotiation under way.
void peer_roll_back(struct peer_connection *peer);

// Whether the next description restarts ICE: with next_local.
bool peer_restarts_ice(const struct peer_connection *peer);

// False when there is no room for it: then the link is to be kept until there is.
bool peer_retire(struct peer_connection *peer, bool is_route, struct record_link *link);
