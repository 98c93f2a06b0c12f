// SPDX-License-Identifier: Apache-2.0
// Peer connections inside of the control shard: what its files call of each other.
#pragma once

#include "agreement.h"
#include "control_parts.h"
#include "departures.h"
#include "transceivers.h"

// A stream of a room that its members can be sent.
struct room_source {
    const struct session *session;
    struct record_link stream;
    enum media_kind kind;
    enum sdp_codec codec;
    uint8_t payload_type;
    uint32_t clock_rate;
    const char *fmtp, *mid; // of the session: until anything is changed
};
#define ROOM_SOURCES_MAX 256

// peer_sources.c
unsigned room_sources(const struct room *room, const struct session *except, struct room_source *ret_sources,
                      unsigned size);
void peer_follow_room(struct control *control, struct session *session, uint64_t now);
// Fires negotiationneeded, if it is and nothing is under way.
void peer_look_at_negotiation(struct control *control, struct session *session);
// A transceiver that sends it; NULL when all are taken.
struct journal_transceiver *peer_add_source(struct control *control, struct peer_connection *peer,
                                            const struct room_source *source);
void peer_set_source(struct control *control, struct journal_transceiver *transceiver,
                     const struct room_source *source);
void peer_issue_ssrcs(struct control *control, struct journal_transceiver *transceiver); // to send with

// peer_publish.c: its streams, routes and transport as its transceivers are now. `intent` is the transport's without
// links; NULL: as it is in the tables. The version that says so; 0: it is in no table yet.
uint64_t peer_publish(struct control *control, struct session *session, struct transport_intent *intent);
// What the worker has let go of is free again.
void peer_settle(struct control *control, struct session *session);
void peer_save(struct control *control, const struct session *session);

// peer_policy.c: of its descriptions; the memory is the caller's, like the agreement's.
struct peer_policy {
    struct agreement *agreement; // malloc
    struct sdp_answer_policy *policy;
    struct sdp_source sources[JOURNAL_TRANSCEIVERS]; // by transceiver
    char streams[JOURNAL_TRANSCEIVERS][JOURNAL_TRACK_SIZE], tracks[JOURNAL_TRANSCEIVERS][JOURNAL_TRACK_SIZE];
    struct sdp_transceiver wishes[SDP_MAX_MEDIA]; // by m-line
    char tls_id[64];
    struct sdp_codec_choice preferences[JOURNAL_TRANSCEIVERS][2 * JOURNAL_PREFERENCES];
};
// NULL when there is no memory.
struct peer_policy *peer_policy_new(struct control *control, const struct session *session);
void peer_policy_free(struct peer_policy *policy);
// The wish lives as long as the policy.
void peer_wish(const struct peer_connection *peer, struct peer_policy *policy, unsigned transceiver,
               struct sdp_transceiver *ret_wish);

// peer_proposal.c: createOffer and createAnswer. 0, or -errno with the request refused.
int peer_propose_offer(struct control *control, struct session *session, struct gateway_request *request,
                       struct proposal **ret_proposal);
int peer_propose_answer(struct control *control, struct session *session, struct gateway_request *request,
                        struct proposal **ret_proposal);
// What the answer to the sent offer agrees on, as the answer of this side to it would.
int peer_read_answer(struct control *control, struct session *session, const struct sdp *remote,
                     struct gateway_request *request, struct sdp_answer **ret_answer);

// peer_commit.c: makes it so. 0, or -errno with the request refused and nothing changed.
int peer_commit(struct control *control, struct session *session, const struct proposal *proposal,
                const struct sdp_answer *answer, struct gateway_request *request, uint64_t now);

// peer_descriptions.c, peer_orders.c, peer_view.c, peers.c: requests.
void peer_create(struct control *control, struct session *session, struct gateway_request *request);
void peer_set_local(struct control *control, struct session *session, struct gateway_request *request, uint64_t now);
void peer_set_remote(struct control *control, struct session *session, struct gateway_request *request, uint64_t now);
void peer_add_candidate(struct control *control, struct session *session, struct gateway_request *request,
                        uint64_t now);
void peer_restart_ice(struct control *control, struct session *session);
void peer_add_transceiver(struct control *control, struct session *session, struct gateway_request *request);
void peer_change(struct control *control, struct session *session, struct gateway_request *request);
void peer_add_track(struct control *control, struct session *session, struct gateway_request *request);
void peer_remove_track(struct control *control, struct session *session, struct gateway_request *request);
void peer_look(const struct control *control, const struct session *session, struct gateway_request *request);

// peer_quality.c: fires quality
void peer_watch_quality(struct control *control, struct session *session, uint64_t now);

// peer_events.c
void peer_emit(struct control *control, struct session *session, struct gateway_event *event);
void peer_emit_signaling(struct control *control, struct session *session);
const char *peer_connection_state(unsigned session_state);
const char *peer_ice_connection_state(unsigned session_state);
// "SESSION-MID": a track's id in an msid.
void peer_track_id(const char *session, const char *mid, char ret_id[JOURNAL_TRACK_SIZE]);
