// SPDX-License-Identifier: Apache-2.0
// Full ICE of a session: its agent on one side, the worker that sends and authenticates on the other. A session whose
// pair is chosen and in use, and one of a lite agent, has none: workers answer checks and keep consent by themselves.
#pragma once

#include "control.h"
#include "sdp.h"

// Whether this gateway is a full agent for a peer.
bool connectivity_is_full(const struct control *control, bool remote_is_lite);

// Fills mode, role and tie-breaker (RFC 8445 6.1.1) of a new transport, or of one whose peer has become lite or full.
void connectivity_choose_role(const struct control *control, bool remote_is_lite, bool is_offerer,
                              struct transport_intent *intent);

// The peer's candidates: kept until the credentials are agreed on that they came with. Those of UDP with literal
// addresses count.
void connectivity_expect(struct session *session, const struct sdp *sdp);
// Checks begin, or begin anew, with the credentials that stand in the tables. The path in use stays.
void connectivity_begin(struct control *control, struct session *session, bool remote_is_lite, uint64_t now);
// The expected ones belong to what is agreed on already.
void connectivity_go_on(struct control *control, struct session *session, uint64_t now);
// Trickled: is_for_next if they belong to a description that is not agreed on yet.
void connectivity_trickle(struct control *control, struct session *session, const struct sdp_candidate *candidates,
                          unsigned count, bool has_ended, bool is_for_next, uint64_t now);

// EVENT_CHECK_... and EVENT_ROLE_CONFLICT of a worker. The session may be gone afterwards.
void connectivity_event(struct control *control, struct session *session, const struct ring_message *message,
                        uint64_t now);
void connectivity_tick(struct control *control, uint64_t now);
void connectivity_end(struct control *control, struct session *session);
