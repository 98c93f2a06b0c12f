// SPDX-License-Identifier: Apache-2.0
// The worker's part of a full ICE agent: naru-control decides what is checked and writes the checks; here they leave,
// and what comes is authenticated and told. A lite agent has none of this.
#pragma once

#include "path.h"
#include "stun.h"

// RFC 8445 7.3.1.1: whether a request of the peer's claims this side's role and is to be answered with 487. Where the
// peer stays in it naru-control is told to take the other; after a few times the peer is to give way until ICE
// restarts.
bool full_agent_conflicts(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                          const uint8_t *data, const struct stun_message *message);

// Whether naru-control checks such a path: what TCP carries it does not.
bool full_agent_checks(const struct transport_entry *transport, const struct transport_address *remote);

// Tells naru-control, as far as the session's share of events goes.
void full_agent_tell_request(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                             const uint8_t *data, const struct stun_message *message);
void full_agent_tell_answer(struct worker *worker, struct transport_entry *transport, const struct packet *packet,
                            const uint8_t *data, const struct stun_message *message);

// The session that an answer from anywhere may be for: its transaction begins with the transport's index. NULL: none.
struct transport_entry *full_agent_of(struct worker *worker, const struct stun_message *message);

// INJECT_CHECK and INJECT_PATH. The edge is udp_output's for a check that leaves.
enum { FULL_AGENT_SENDS = 1, FULL_AGENT_IS_DONE };
int full_agent_order(struct worker *worker, struct transport_entry *transport, const struct ring_message *message,
                     struct packet *packet);
