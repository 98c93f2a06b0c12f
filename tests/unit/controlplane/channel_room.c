// SPDX-License-Identifier: Apache-2.0
#include "channel_room.h"

#include "dcep.h"
#include "peer_channel_parts.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>

struct test_gateway gateway;
struct sctp_double sctp;

void channel_room_open(void)
{
    test_gateway_open(&gateway);
    sctp_double_open(&sctp, &gateway);
}

void channel_room_close(void)
{
    test_gateway_close(&gateway);
}

struct session *session_of(const struct peer_caller *caller)
{
    return peer_caller_session(&gateway, caller);
}

struct peer_connection *peer_of(const struct peer_caller *caller)
{
    return session_of(caller)->peer;
}

void channel_room_add(struct peer_caller *caller)
{
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, caller, "room"), GATEWAY_OK);
    peer_of(caller)->record.may_use_data = true;
}

void channel_room_connect(const struct peer_caller *caller)
{
    struct session *session = session_of(caller);
    session->record.records.cipher = 1;
    peer_caller_connect(&gateway, caller);
    session_channels_start(&gateway.control, session, gateway.now);
    sctp_double_run(&sctp);
}

void channel_room_enter(struct peer_caller *caller)
{
    caller->has_data = true;
    channel_room_add(caller);
    peer_caller_publish(&gateway, caller);
    channel_room_connect(caller);
    peer_of(caller)->bridge.settles_at = 1;
    control_watch(&gateway.control, gateway.now);
    sctp_double_run(&sctp);
}

void channel_room_chat(struct peer_caller *first, struct peer_caller *second)
{
    channel_room_open();
    channel_room_enter(first);
    channel_room_enter(second);
    sctp_double_announce(&sctp, session_of(first), 0, "chat");
}

unsigned channel_room_events(const struct peer_caller *caller, enum gateway_event_kind kind)
{
    unsigned count, found = 0;
    struct peer_connection *peer = peer_of(caller);
    struct gateway_event *events = event_store_read(&peer->channel_events, &peer->events, 0, 0, &count);
    for (unsigned i = 0; i < count; i++)
        found += events[i].kind == kind;
    free(events);
    return found;
}

void channel_room_fill(const struct peer_caller *from, unsigned count)
{
    static char block[16384];
    for (unsigned i = 0; i < count; i++) {
        sctp_double_say(&sctp, session_of(from), 0, PPID_BINARY, block, sizeof(block));
        sctp.count = 0;
    }
}
