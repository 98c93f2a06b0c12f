// SPDX-License-Identifier: Apache-2.0
// Brings a session's offer to the gateway and its answer back; ends the resource.
#pragma once
#include "peer_session.h"

void session_post(struct session *session, CURLM *multi, uint64_t now);
// Takes the outcome of a finished request.
void session_post_done(struct session *session, CURLM *multi, uint64_t now);
void session_delete(struct session *session, CURLM *multi);
void session_delete_done(struct session *session, CURLM *multi);
// session_restart.c: ICE restarts that are due begin, and those that were answered go on to their checks.
void session_restart_all(struct session *sessions, unsigned count, CURLM *multi, uint64_t now);
