// SPDX-License-Identifier: Apache-2.0
// Data channels of peer connections: what the files about them call of each other.
#pragma once

#include "data_channels.h"
#include "peer_parts.h"

// peer_channels.c: data channels. Of a description: 0, or -errno with the request refused; then whether they were
// agreed on or not.
int peer_channels_open(struct control *control, struct session *session); // 0, or as session_channels_open
int peer_channels_prepare(struct control *control, struct session *session, struct gateway_request *request);
void peer_channels_settle(struct control *control, struct session *session, const struct sdp_answer *answer,
                          bool is_offerer, uint64_t now);
// Another DTLS association: below it, SCTP and its channels are others, too (RFC 8841 9.3).
void peer_channels_renew(struct control *control, struct session *session, uint64_t now);
bool peer_may_use_data(const struct control *control, const struct peer_connection *peer);
void peer_channels_watch(struct control *control, struct session *session, uint64_t now);
void peer_channel_request(struct control *control, struct session *session, struct gateway_request *request,
                          uint64_t now);
// peer_channels_adopt.c: in the journal, while it is connected; and what its predecessor left there.
void peer_channels_save(struct control *control, const struct session *session);

// peer_channels_view.c: of one, or of all with number 0. NULL when there is no memory.
struct gateway_channels_view *peer_channels_look(const struct session *session, uint32_t number);

// peer_bridge.c: what members say to each other on channels of the same label.
enum bridge_verdict { BRIDGE_NONE, BRIDGE_PASSED, BRIDGE_HOLDS }; // HOLDS: it is consumed later
enum bridge_verdict peer_bridge_message(struct control *control, struct session *session,
                                        const struct data_channel_view *channel, const struct data_channel_event *event,
                                        uint64_t now);
void peer_bridge_up(struct session *session, uint64_t now);
void peer_bridge_down(struct control *control, struct session *session); // what waits for it is dropped and counted
void peer_bridge_opened(struct control *control, struct session *session, const struct data_channel_view *channel,
                        uint64_t now);
void peer_bridge_ended(struct session *session, const struct data_channel_view *channel, const char *reason,
                       uint64_t now);
void peer_bridge_go_on(struct control *control, struct session *session, uint64_t now); // it may take more
void peer_bridge_watch(struct control *control, struct session *session, uint64_t now);
void peer_bridge_leave(struct control *control, struct session *session, uint64_t now); // nothing waits for it any more
bool peer_bridge_takes_part(const struct session *member);

// peer_left_over.c: what was opened towards members, and nobody else has any more.
extern const char peer_bridge_left[]; // why a channel ends whose opener has left: in order
// Somebody's channel has ended, or all of gone's are about to (NULL: nobody's). At once, or later if it just was.
void peer_left_over(struct room *room, const struct session *gone, uint64_t now);
void peer_left_over_watch(struct room *room, uint64_t now);
bool peer_is_left_over(const struct session *session, const struct data_channel_view *channel); // and open still

// peer_events.c
// Copies what event->channel names. is_owed: of a message, as of struct event_store.
void peer_emit_channel(struct control *control, struct session *session, struct gateway_event *event, bool is_owed);
bool peer_has_reader(const struct session *session, uint64_t now);
