// SPDX-License-Identifier: Apache-2.0
// What members of a room say to each other on data channels, and what becomes of those that were opened for it.
#include "channel_room.h"
#include "controlplane_suites.h"
#include "dcep.h"
#include "link_socket.h"
#include "peer_channel_parts.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void members_talk_on_channels_of_one_label(void)
{
    struct peer_caller a = {0}, b = {0}, c = {0};
    channel_room_chat(&a, &b);
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_DATA_CHANNEL), 1);
    CU_ASSERT_EQUAL(channel_room_events(&b, PEER_CHANNEL_OPEN), 1); // opened towards it
    channel_room_enter(&c);
    CU_ASSERT_EQUAL(channel_room_events(&c, PEER_CHANNEL_OPEN), 1); // and towards who comes later
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "hello", 5);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&a)->record.transport.index, "hello"), 0);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&b)->record.transport.index, "hello"), 1);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&c)->record.transport.index, "hello"), 1);
    CU_ASSERT_EQUAL(peer_of(&b)->bridge.passed, 1);
    // Who has opened one itself is spoken to there.
    sctp_double_announce(&sctp, session_of(&b), 4, "chat");
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "again", 5);
    CU_ASSERT_EQUAL(sctp.list[sctp.count - 2].message.stream + sctp.list[sctp.count - 1].message.stream, 4 + 1);
    gateway.config->rooms.bridge_data_channels = false;
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "alone", 5);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&b)->record.transport.index, "alone"), 0);
    channel_room_close();
}

static void what_nobody_else_has_is_closed(void)
{
    struct peer_caller a = {0}, b = {0};
    channel_room_chat(&a, &b);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &a, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL), GATEWAY_OK);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(channel_room_events(&b, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, 1);
    channel_room_close();
}

static uint64_t time_spent(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * TEST_SECOND + (uint64_t)time.tv_nsec;
}

static unsigned open_channels(const struct peer_caller *caller)
{
    struct data_channel_view view;
    unsigned count = 0;
    for (uint32_t at = 0; !data_channels_next(session_of(caller)->channels->channels, at, &view); at = view.number)
        count += view.state == DATA_CHANNEL_OPEN;
    return count;
}

// From the peer, in one message.
static void reset(const struct peer_caller *caller, unsigned first, unsigned count)
{
    static uint8_t streams[1024];
    for (unsigned i = 0; i < count; i++) {
        streams[2 * i] = (uint8_t)((first + 2 * i) >> 8);
        streams[2 * i + 1] = (uint8_t)(first + 2 * i);
    }
    const struct session *session = session_of(caller);
    struct link_message reset = {.kind = LINK_RESET,
                                 .transport = session->record.transport.index,
                                 .generation = session->record.transport.generation,
                                 .data = streams,
                                 .size = (size_t)2 * count};
    data_channels_input(session->channels->channels, &reset, gateway.now);
    reset.flags = LINK_OUTGOING;
    data_channels_input(session->channels->channels, &reset, gateway.now);
}

static void a_peer_that_ends_all_channels_at_once_costs_little(void)
{
    enum { MEMBERS = 6, CHANNELS = 512 };
    static struct peer_caller members[MEMBERS];
    char label[16];
    memset(members, 0, sizeof(members));
    channel_room_open();
    for (unsigned i = 0; i < MEMBERS; i++)
        channel_room_enter(&members[i]);
    for (unsigned i = 0; i < CHANNELS; i++) {
        snprintf(label, sizeof(label), "channel %u", i);
        sctp_double_announce(&sctp, session_of(&members[0]), (uint16_t)(2 * i), label);
        sctp.count = 0;
    }
    for (unsigned i = 0; i < MEMBERS; i++)
        CU_ASSERT_EQUAL(open_channels(&members[i]), CHANNELS);
    gateway.now += TEST_SECOND;
    uint64_t before = time_spent();
    reset(&members[0], 0, CHANNELS);
    gateway.now += TEST_SECOND;
    for (unsigned i = 0; i < MEMBERS; i++)
        peer_channels_watch(&gateway.control, session_of(&members[i]), gateway.now);
    uint64_t spent = time_spent() - before;
    CU_ASSERT(spent < TEST_SECOND);
    for (unsigned i = 0; i < MEMBERS; i++)
        CU_ASSERT_EQUAL(open_channels(&members[i]), 0);
    channel_room_close();
}

// Not at once, since that was looked for a moment ago.
static void what_is_left_over_opens_nothing_anew(void)
{
    struct peer_caller a = {0}, b = {0};
    channel_room_open();
    channel_room_enter(&a);
    channel_room_enter(&b);
    for (uint16_t stream = 0; stream < 6; stream += 2)
        sctp_double_announce(&sctp, session_of(&a), stream, stream == 0 ? "one" : stream == 2 ? "two" : "three");
    gateway.now += TEST_SECOND;
    reset(&a, 0, 1);
    reset(&a, 2, 1);
    CU_ASSERT_EQUAL(open_channels(&b), 2);
    sctp_double_say(&sctp, session_of(&b), 3, PPID_STRING, "late", 4);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&a)->record.transport.index, "late"), 0);
    sctp_double_say(&sctp, session_of(&b), 5, PPID_STRING, "still", 5);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&a)->record.transport.index, "still"), 1);
    CU_ASSERT_EQUAL(open_channels(&a), 1);
    gateway.now += TEST_SECOND;
    peer_channels_watch(&gateway.control, session_of(&b), gateway.now);
    CU_ASSERT_EQUAL(open_channels(&b), 1);
    channel_room_close();
}

static void who_takes_nothing_makes_others_wait_but_not_for_ever(void)
{
    struct peer_caller a = {0}, b = {0};
    channel_room_chat(&a, &b);
    sctp.is_slow = true; // towards both, of which one is sent to
    channel_room_fill(&a, 150);
    struct peer_bridge *bridge = &peer_of(&b)->bridge;
    CU_ASSERT(bridge->count > 10);
    uint64_t credit = sctp.credit;
    channel_room_fill(&a, 20);
    CU_ASSERT_EQUAL(sctp.credit, credit); // the sender has to wait
    gateway.now += 11 * TEST_SECOND;
    atomic_store(&gateway.worker.segments[SEGMENT_STATE]->heartbeat, gateway.now);
    control_watch(&gateway.control, gateway.now);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(bridge->count, 0);
    CU_ASSERT(bridge->dropped > 30);
    CU_ASSERT_TRUE(bridge->is_stalled);
    CU_ASSERT(sctp.credit > credit);
    CU_ASSERT_EQUAL(channel_room_events(&b, PEER_CHANNEL_CLOSING), 1);
    channel_room_close();
}

static void what_waits_for_a_member_is_bounded_in_number(void)
{
    struct peer_caller a = {0}, b = {0};
    channel_room_chat(&a, &b);
    struct peer_bridge *bridge = &peer_of(&b)->bridge;
    bridge->settles_at = gateway.now + TEST_SECOND; // until then everything waits
    for (unsigned i = 0; i < DATA_CHANNEL_QUEUE_MAX; i++)
        sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "x", 1);
    CU_ASSERT_EQUAL(bridge->count, DATA_CHANNEL_QUEUE_MAX);
    CU_ASSERT_EQUAL(bridge->dropped, 0);
    CU_ASSERT_EQUAL(channel_room_events(&b, PEER_CHANNEL_CLOSING), 0);
    uint64_t credit = sctp.credit;
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "x", 1);
    CU_ASSERT_EQUAL(bridge->count, 0);
    CU_ASSERT_EQUAL(bridge->dropped, DATA_CHANNEL_QUEUE_MAX + 1);
    CU_ASSERT_TRUE(bridge->is_stalled);
    CU_ASSERT_EQUAL(channel_room_events(&b, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT(sctp.credit > credit);
    channel_room_close();
}

static void who_loses_its_association_holds_nobody_up(void)
{
    static const char why[] = "aborted";
    struct peer_caller a = {0}, b = {0};
    channel_room_chat(&a, &b);
    sctp.is_slow = true;
    channel_room_fill(&a, 150);
    struct peer_bridge *bridge = &peer_of(&b)->bridge;
    CU_ASSERT(bridge->count > 10);
    uint64_t credit = sctp.credit;
    const struct session *session = session_of(&b);
    session_of(&b)->state = SESSION_SECURING; // what naru-sctp says counts also during a DTLS handshake
    const struct link_message down = {.kind = LINK_DOWN,
                                      .transport = session->record.transport.index,
                                      .generation = session->record.transport.generation,
                                      .data = (const uint8_t *)why,
                                      .size = sizeof(why) - 1};
    CU_ASSERT_EQUAL(link_socket_send(gateway.sctp, &down), 0);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(bridge->count, 0);
    CU_ASSERT(bridge->dropped > 10);
    CU_ASSERT(sctp.credit > credit);
    channel_room_close();
}

void peer_bridge_suite(void)
{
    CU_pSuite suite = CU_add_suite("data channels of a room", NULL, NULL);
    CU_add_test(suite, "members talk on channels of one label", members_talk_on_channels_of_one_label);
    CU_add_test(suite, "what nobody else has is closed", what_nobody_else_has_is_closed);
    CU_add_test(suite, "a peer that ends all channels at once costs little",
                a_peer_that_ends_all_channels_at_once_costs_little);
    CU_add_test(suite, "what is left over opens nothing anew", what_is_left_over_opens_nothing_anew);
    CU_add_test(suite, "who takes nothing makes others wait, but not for ever",
                who_takes_nothing_makes_others_wait_but_not_for_ever);
    CU_add_test(suite, "what waits for a member is bounded in number", what_waits_for_a_member_is_bounded_in_number);
    CU_add_test(suite, "who loses its association holds nobody up", who_loses_its_association_holds_nobody_up);
}
