// SPDX-License-Identifier: Apache-2.0
// What publish.c and subscribe.c share: an agreement becomes a session with its transport.
#pragma once

#include "agreement.h"

// A session with sections, credentials' peer and fingerprints, listed nowhere yet; the transport's index is taken.
// 0, or -errno with the request's status and detail set.
int joining_prepare(struct control *control, const struct agreement *agreement, struct gateway_request *request,
                    uint64_t now, struct session **ret_session);
// Undoes it, with the links that were taken so far.
void joining_cancel(struct control *control, struct session *session);

// The streams or routes are published: publishes the transport that links them, lists and journals the session, and
// fills the request's answer.
void joining_complete(struct control *control, const struct agreement *agreement, struct session *session,
                      struct room *room, struct gateway_request *request, uint64_t now);
