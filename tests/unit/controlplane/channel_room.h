// SPDX-License-Identifier: Apache-2.0
// A room whose members have data channels, above a stand-in for naru-sctp: one at a time, for the tests of channels.
#pragma once

#include "peer_caller.h"
#include "sctp_double.h"

extern struct test_gateway gateway;
extern struct sctp_double sctp;

void channel_room_open(void);
void channel_room_close(void);
struct session *session_of(const struct peer_caller *caller);
struct peer_connection *peer_of(const struct peer_caller *caller);
void channel_room_add(struct peer_caller *caller); // it may use data
void channel_room_connect(const struct peer_caller *caller);
// A member that has offered m=application and is connected.
void channel_room_enter(struct peer_caller *caller);
// Opens the room: two members, and the channel "chat" of the first one on its stream 0.
void channel_room_chat(struct peer_caller *first, struct peer_caller *second);
unsigned channel_room_events(const struct peer_caller *caller, enum gateway_event_kind kind);
// So many messages of 16 KiB on its stream 0.
void channel_room_fill(const struct peer_caller *from, unsigned count);
