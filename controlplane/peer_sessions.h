// SPDX-License-Identifier: Apache-2.0
// Peer connections as the rest of the control shard calls them (peer_parts.h has what is between their files).
#pragma once

#include "control.h"

void peer_open(struct control *control, struct gateway_request *request, uint64_t now);
void peer_request(struct control *control, struct gateway_request *request, uint64_t now);
void peer_adopted(struct control *control, struct session *session, uint64_t now);
void peer_watch(struct control *control, struct session *session, uint64_t now); // the session may be gone afterwards
void room_changed(struct control *control, struct room *room, uint64_t now);
int peer_events_open(struct control *control);
void peer_events_close(struct control *control);
// False: it waits.
bool peer_events_ask(struct control *control, struct gateway_request *request, uint64_t now);
void peer_events_deliver(struct control *control, uint64_t now);
void peer_tell_state(struct control *control, struct session *session);
void peer_say_goodbye(struct control *control, struct session *session);
void peer_depart(struct session *session, struct departure *departure);
// peer_channels.c: also of a session that has none
void peer_channels_adopt(struct control *control, struct session *session, uint64_t now); // of one that was taken over
void peer_channels_close(struct control *control, struct session *session, uint64_t now);
// Whether a datagram begins another DTLS association: then the one before is forgotten.
bool peer_hears_hello(struct control *control, struct session *session, const struct ring_message *message,
                      uint64_t now);
// Publishes them with the intent, which is wiped. -ENOMEM, or -errno of intents: nothing is changed.
int peer_renew_media(struct control *control, struct session *session, struct transport_intent *intent,
                     uint64_t *ret_version);
