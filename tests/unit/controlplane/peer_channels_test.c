// SPDX-License-Identifier: Apache-2.0
// Data channels of peer connections: what is negotiated, what is refused, what members say to each other.
#include "controlplane_suites.h"
#include "dcep.h"
#include "link_socket.h"
#include "peer_caller.h"
#include "peer_channel_parts.h"
#include "sctp_double.h"
#include "transceivers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_gateway gateway;
static struct sctp_double sctp;

static void begin(void)
{
    test_gateway_open(&gateway);
    sctp_double_open(&sctp, &gateway);
}

static void end(void)
{
    test_gateway_close(&gateway);
}

static struct session *session_of(const struct peer_caller *caller)
{
    return peer_caller_session(&gateway, caller);
}

static struct peer_connection *peer_of(const struct peer_caller *caller)
{
    return session_of(caller)->peer;
}

static void open_peer(struct peer_caller *caller)
{
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, caller, "room"), GATEWAY_OK);
    peer_of(caller)->record.may_use_data = true;
}

static enum gateway_status ask(const struct peer_caller *caller, enum gateway_operation operation,
                               struct gateway_channel_ask channel, const char *data)
{
    unsigned calls = 0;
    test_gateway_forget(&gateway);
    gateway.request = (struct gateway_request){
        .operation = operation, .is_peer = true, .peer = {.channel = channel}, .data = data ? calloc(1, 64) : NULL};
    if (data)
        strcpy(gateway.request.data, data);
    gateway.request.data_size = data ? strlen(data) : 0;
    strcpy(gateway.request.id, caller->id);
    enum gateway_status status = test_gateway_run(&gateway, &calls);
    return status;
}

static const struct gateway_channel_ask reliable = {
    .ordered = true, .id = -1, .max_packet_life_time = -1, .max_retransmits = -1, .priority = 256};

static uint32_t create(const struct peer_caller *caller, const char *label)
{
    CU_ASSERT_EQUAL_FATAL(ask(caller, GATEWAY_CHANNEL_CREATE, reliable, label), GATEWAY_OK);
    CU_ASSERT_EQUAL_FATAL(gateway.request.channels->count, 1);
    return gateway.request.channels->list[0].number;
}

static void bring_up(const struct peer_caller *caller)
{
    struct session *session = session_of(caller);
    session->record.records.cipher = 1;
    peer_caller_connect(&gateway, caller);
    session_channels_start(&gateway.control, session, gateway.now);
    sctp_double_run(&sctp);
}

// A member that has offered m=application and is connected.
static void enter(struct peer_caller *caller)
{
    caller->has_data = true;
    open_peer(caller);
    peer_caller_publish(&gateway, caller);
    bring_up(caller);
    peer_of(caller)->bridge.settles_at = 1;
    control_watch(&gateway.control, gateway.now);
    sctp_double_run(&sctp);
}

static unsigned events_of(const struct peer_caller *caller, enum gateway_event_kind kind)
{
    unsigned count, found = 0;
    struct peer_connection *peer = peer_of(caller);
    struct gateway_event *events = event_store_read(&peer->channel_events, &peer->events, 0, 0, &count);
    for (unsigned i = 0; i < count; i++)
        found += events[i].kind == kind;
    free(events);
    return found;
}

static void an_offer_with_data_is_answered(void)
{
    struct peer_caller both = {.lines = 2, .has_data = true}, alone = {.has_data = true};
    begin();
    open_peer(&both);
    peer_caller_publish(&gateway, &both);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "UDP/DTLS/SCTP webrtc-datachannel"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=sctp-port:5000\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=max-message-size:262144\r\n"));
    CU_ASSERT_EQUAL(peer_of(&both)->record.data, JOURNAL_DATA_AGREED);
    CU_ASSERT_EQUAL(peer_of(&both)->record.max_message, 100000);
    CU_ASSERT_PTR_NOT_NULL(session_of(&both)->channels);
    CU_ASSERT_FALSE(peer_of(&both)->needs_negotiation);
    open_peer(&alone);
    peer_caller_publish(&gateway, &alone);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &alone), 0);
    bring_up(&alone);
    CU_ASSERT_EQUAL(sctp.opened, 1);
    end();
}

static void who_may_not_use_data_gets_none(void)
{
    struct peer_caller caller = {.lines = 1, .has_data = true};
    begin();
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, &caller, "room"), GATEWAY_OK);
    peer_caller_publish(&gateway, &caller);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "m=application 0 "));
    CU_ASSERT_PTR_NULL(session_of(&caller)->channels);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, reliable, "x"), GATEWAY_INVALID_ACCESS);
    end();
}

static void the_first_channel_wants_a_negotiation(void)
{
    struct peer_caller caller = {0};
    begin();
    open_peer(&caller);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    uint32_t number = create(&caller, "first");
    CU_ASSERT_STRING_EQUAL(gateway.request.channels->list[0].state, "connecting");
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    // Taken back, it is wanted still.
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_OFFER), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_count(gateway.request.sdp, "m=application"), 1);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_ROLLBACK), GATEWAY_OK);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    peer_caller_follow(&gateway, &caller);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.data, JOURNAL_DATA_AGREED);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_SEND, (struct gateway_channel_ask){.number = number}, "early"),
                    GATEWAY_INVALID_STATE);
    bring_up(&caller);
    CU_ASSERT_EQUAL(events_of(&caller, PEER_CHANNEL_OPEN), 1);
    CU_ASSERT_EQUAL(
        ask(&caller, GATEWAY_CHANNEL_SEND, (struct gateway_channel_ask){.number = number, .is_text = true}, "text"),
        GATEWAY_OK);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&caller)->record.transport.index, "text"), 1);
    // A second one needs none, and a further offer has the section where it was.
    create(&caller, "second");
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &caller), 0);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.line_count, 1);
    CU_ASSERT_EQUAL(sctp.opened, 1);
    end();
}

static void a_rejection_closes_what_there_was(void)
{
    struct peer_caller caller = {.rejects_data = true};
    begin();
    open_peer(&caller);
    uint32_t first = create(&caller, "first");
    caller.lines = 1; // something else is accepted, or there would be no transport
    peer_caller_publish(&gateway, &caller);
    peer_caller_follow(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.data, JOURNAL_DATA_REFUSED);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    CU_ASSERT_EQUAL(events_of(&caller, PEER_CHANNEL_CLOSE), 1);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_LIST, (struct gateway_channel_ask){.number = first}, NULL),
                    GATEWAY_INVALID_STATE);
    // Whoever creates another one asks again, in the same place.
    caller.rejects_data = false;
    CU_ASSERT(create(&caller, "again") > first);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    peer_caller_follow(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.data, JOURNAL_DATA_AGREED);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.line_count, 2);
    end();
}

// Between the publication of keys and the worker's acknowledgement.
static void what_is_agreed_on_while_keys_are_held_may_send(void)
{
    struct peer_caller caller = {.lines = 1};
    begin();
    open_peer(&caller);
    peer_caller_publish(&gateway, &caller);
    struct session *session = session_of(&caller);
    struct transport_intent intent = test_transport(&gateway, session->record.transport.index);
    intent.keys[0].epoch = 1;
    session->held_version =
        intents_publish_transport(&gateway.control.intents, session->record.transport.index, &intent);
    CU_ASSERT_EQUAL(session_channels_open(&gateway.control, session, 0, NULL, NULL), 0);
    uint64_t before = session->held_version;
    session_channels_agree(&gateway.control, session, 5000, 0, gateway.now);
    CU_ASSERT(session->held_version > before);
    CU_ASSERT(test_transport(&gateway, session->record.transport.index).dtls_packets > 0);
    session->held_version = 0;
    end();
}

static void wrong_options_have_the_names_of_the_w3c(void)
{
    struct peer_caller caller = {.has_data = true};
    struct gateway_channel_ask negotiated = reliable, both = reliable;
    begin();
    open_peer(&caller);
    both.max_retransmits = both.max_packet_life_time = 1;
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, both, "x"), GATEWAY_TYPE_ERROR);
    negotiated.negotiated = true;
    negotiated.id = 1024;
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, negotiated, "x"), GATEWAY_TYPE_ERROR);
    negotiated.id = 7;
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, negotiated, "x"), GATEWAY_OK);
    CU_ASSERT_EQUAL(gateway.request.channels->list[0].id, 7);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, negotiated, "x"), GATEWAY_OPERATION_ERROR);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_SEND, (struct gateway_channel_ask){.number = 99}, "x"),
                    GATEWAY_NO_PART);
    end();
}

static void members_talk_on_channels_of_one_label(void)
{
    struct peer_caller a = {0}, b = {0}, c = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    CU_ASSERT_EQUAL(events_of(&a, PEER_DATA_CHANNEL), 1);
    CU_ASSERT_EQUAL(events_of(&b, PEER_CHANNEL_OPEN), 1); // opened towards it
    enter(&c);
    CU_ASSERT_EQUAL(events_of(&c, PEER_CHANNEL_OPEN), 1); // and towards who comes later
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
    end();
}

static void what_nobody_else_has_is_closed(void)
{
    struct peer_caller a = {0}, b = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &a, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL), GATEWAY_OK);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(events_of(&b, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, 1);
    end();
}

static void fill(const struct peer_caller *from, unsigned count)
{
    static char block[16384];
    for (unsigned i = 0; i < count; i++) {
        sctp_double_say(&sctp, session_of(from), 0, PPID_BINARY, block, sizeof(block));
        sctp.count = 0;
    }
}

static void who_takes_nothing_makes_others_wait_but_not_for_ever(void)
{
    struct peer_caller a = {0}, b = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    sctp.is_slow = true; // towards both, of which one is sent to
    fill(&a, 150);
    struct peer_bridge *bridge = &peer_of(&b)->bridge;
    CU_ASSERT(bridge->count > 10);
    uint64_t credit = sctp.credit;
    fill(&a, 20);
    CU_ASSERT_EQUAL(sctp.credit, credit); // the sender has to wait
    gateway.now += 11 * TEST_SECOND;
    atomic_store(&gateway.worker.segments[SEGMENT_STATE]->heartbeat, gateway.now);
    control_watch(&gateway.control, gateway.now);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(bridge->count, 0);
    CU_ASSERT(bridge->dropped > 30);
    CU_ASSERT_TRUE(bridge->is_stalled);
    CU_ASSERT(sctp.credit > credit);
    CU_ASSERT_EQUAL(events_of(&b, PEER_CHANNEL_CLOSING), 1);
    end();
}

static void what_waits_for_a_member_is_bounded_in_number(void)
{
    struct peer_caller a = {0}, b = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    struct peer_bridge *bridge = &peer_of(&b)->bridge;
    bridge->settles_at = gateway.now + TEST_SECOND; // until then everything waits
    for (unsigned i = 0; i < DATA_CHANNEL_QUEUE_MAX; i++)
        sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "x", 1);
    CU_ASSERT_EQUAL(bridge->count, DATA_CHANNEL_QUEUE_MAX);
    CU_ASSERT_EQUAL(bridge->dropped, 0);
    CU_ASSERT_EQUAL(events_of(&b, PEER_CHANNEL_CLOSING), 0);
    uint64_t credit = sctp.credit;
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "x", 1);
    CU_ASSERT_EQUAL(bridge->count, 0);
    CU_ASSERT_EQUAL(bridge->dropped, DATA_CHANNEL_QUEUE_MAX + 1);
    CU_ASSERT_TRUE(bridge->is_stalled);
    CU_ASSERT_EQUAL(events_of(&b, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT(sctp.credit > credit);
    end();
}

static void who_loses_its_association_holds_nobody_up(void)
{
    static const char why[] = "aborted";
    struct peer_caller a = {0}, b = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    sctp.is_slow = true;
    fill(&a, 150);
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
    end();
}

static void what_no_member_takes_waits_for_a_reader(void)
{
    struct peer_caller a = {0};
    static char block[16384];
    begin();
    enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "api");
    uint64_t credit = sctp.credit;
    fill(&a, 50); // nobody reads: none is kept up
    CU_ASSERT(sctp.credit > credit);
    peer_of(&a)->events_asked_at = gateway.now;
    sctp_double_run(&sctp);
    credit = sctp.credit;
    fill(&a, 50);
    CU_ASSERT_EQUAL(sctp.credit, credit);
    event_store_release(&peer_of(&a)->channel_events, UINT64_MAX);
    sctp_double_run(&sctp);
    CU_ASSERT(sctp.credit >= credit + 40 * sizeof(block));
    end();
}

static void channels_outlive_the_process(void)
{
    struct peer_caller a = {0}, b = {0};
    begin();
    enter(&a);
    enter(&b);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    uint32_t last = peer_of(&a)->record.last_channel;
    char label[100];
    memset(label, 'x', sizeof(label));
    label[99] = 0;
    sctp_double_announce(&sctp, session_of(&a), 2, label); // longer than what is kept
    unsigned resets = sctp.resets;
    test_gateway_restart(&gateway);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp.opened, 4);
    CU_ASSERT_EQUAL(events_of(&a, PEER_CHANNEL_ERROR), 1);
    CU_ASSERT_EQUAL(events_of(&a, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, resets + 1 + 1); // and its counterpart
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "still", 5);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&b)->record.transport.index, "still"), 1);
    CU_ASSERT_EQUAL(
        ask(&a, GATEWAY_CHANNEL_SEND, (struct gateway_channel_ask){.number = last, .is_text = true}, "back"),
        GATEWAY_OK);
    CU_ASSERT(create(&a, "new") > last + 1);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&a)->record.transport.index, "back"), 1);
    end();
}

static void another_dtls_association_has_channels_of_its_own(void)
{
    struct peer_caller a = {0};
    begin();
    enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    struct session *session = session_of(&a);
    session->state = SESSION_SECURING;
    peer_channels_renew(&gateway.control, session, gateway.now);
    CU_ASSERT_EQUAL(events_of(&a, PEER_CHANNEL_CLOSE), 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session->channels);
    session->state = SESSION_CONNECTED;
    session_channels_start(&gateway.control, session, gateway.now);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp.opened, 2);
    sctp_double_announce(&sctp, session, 0, "chat");
    CU_ASSERT_EQUAL(events_of(&a, PEER_DATA_CHANNEL), 2);
    end();
}

static void who_breaks_sctp_loses_its_channels_and_is_told_why(void)
{
    static const char why[] = "the SCTP association was aborted: protocol violation";
    struct peer_caller a = {.lines = 2};
    unsigned count, found = 0;
    begin();
    enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    struct session *session = session_of(&a);
    const struct link_message down = {.kind = LINK_DOWN,
                                      .transport = session->record.transport.index,
                                      .generation = session->record.transport.generation,
                                      .data = (const uint8_t *)why,
                                      .size = sizeof(why) - 1};
    CU_ASSERT_EQUAL(link_socket_send(gateway.sctp, &down), 0);
    sctp_double_run(&sctp);
    struct gateway_event *events = event_store_read(&peer_of(&a)->channel_events, &peer_of(&a)->events, 0, 0, &count);
    for (unsigned i = 0; i < count; i++)
        found += events[i].kind >= PEER_CHANNEL_ERROR && !strcmp(events[i].channel.cause, why);
    free(events);
    CU_ASSERT_EQUAL(found, 3); // of the channel: error and close; of the association: error
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTED);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &a), 2);
    CU_ASSERT_EQUAL(ask(&a, GATEWAY_CHANNEL_CREATE, reliable, "x"), GATEWAY_INVALID_STATE);
    end();
}

static void who_breaks_dcep_loses_that_channel(void)
{
    struct peer_caller a = {0};
    begin();
    enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "good");
    sctp_double_announce(&sctp, session_of(&a), 2, "bad");
    sctp_double_say(&sctp, session_of(&a), 2, PPID_DCEP, "nonsense", 8);
    CU_ASSERT_EQUAL(events_of(&a, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, 1);
    CU_ASSERT_EQUAL(ask(&a, GATEWAY_CHANNEL_LIST, (struct gateway_channel_ask){0}, NULL), GATEWAY_OK);
    CU_ASSERT_STRING_EQUAL(gateway.request.channels->list[0].state, "open");
    CU_ASSERT_STRING_EQUAL(gateway.request.channels->list[1].state, "closing");
    end();
}

void peer_channels_suite(void)
{
    CU_pSuite suite = CU_add_suite("data channels of peers", NULL, NULL);
    CU_add_test(suite, "an offer with data is answered", an_offer_with_data_is_answered);
    CU_add_test(suite, "who may not use data gets none", who_may_not_use_data_gets_none);
    CU_add_test(suite, "the first channel wants a negotiation", the_first_channel_wants_a_negotiation);
    CU_add_test(suite, "a rejection closes what there was", a_rejection_closes_what_there_was);
    CU_add_test(suite, "what is agreed on while keys are held may send",
                what_is_agreed_on_while_keys_are_held_may_send);
    CU_add_test(suite, "wrong options have the names of the W3C", wrong_options_have_the_names_of_the_w3c);
    CU_add_test(suite, "members talk on channels of one label", members_talk_on_channels_of_one_label);
    CU_add_test(suite, "what nobody else has is closed", what_nobody_else_has_is_closed);
    CU_add_test(suite, "who takes nothing makes others wait, but not for ever",
                who_takes_nothing_makes_others_wait_but_not_for_ever);
    CU_add_test(suite, "what waits for a member is bounded in number", what_waits_for_a_member_is_bounded_in_number);
    CU_add_test(suite, "who loses its association holds nobody up", who_loses_its_association_holds_nobody_up);
    CU_add_test(suite, "what no member takes waits for a reader", what_no_member_takes_waits_for_a_reader);
    CU_add_test(suite, "channels outlive the process", channels_outlive_the_process);
    CU_add_test(suite, "another DTLS association has channels of its own",
                another_dtls_association_has_channels_of_its_own);
    CU_add_test(suite, "who breaks SCTP loses its channels, and is told why",
                who_breaks_sctp_loses_its_channels_and_is_told_why);
    CU_add_test(suite, "who breaks DCEP loses that channel", who_breaks_dcep_loses_that_channel);
}
