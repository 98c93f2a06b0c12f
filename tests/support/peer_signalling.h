// SPDX-License-Identifier: Apache-2.0
// Signalling by /v1/peers, where either side may offer and restart ICE. One request at a time for each session.
#pragma once
#include "peer_session.h"

void peer_signalling_begin(struct session *session, CURLM *multi, uint64_t now);
void peer_signalling_restart(struct session *session, CURLM *multi, uint64_t now);
// The request under way has ended: takes its answer, starts the next.
void peer_signalling_go_on(struct session *session, CURLM *multi, uint64_t now);
// Whether steps are left.
bool peer_signalling_is_busy(const struct session *session);
