// SPDX-License-Identifier: Apache-2.0
// Data channels of peer connections: what is negotiated, what is refused.
#include "channel_room.h"
#include "controlplane_suites.h"
#include "dcep.h"
#include "link_socket.h"
#include "peer_channel_parts.h"
#include "transceivers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void an_offer_with_data_is_answered(void)
{
    struct peer_caller both = {.lines = 2, .has_data = true}, alone = {.has_data = true};
    channel_room_open();
    channel_room_add(&both);
    peer_caller_publish(&gateway, &both);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "UDP/DTLS/SCTP webrtc-datachannel"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=sctp-port:5000\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=max-message-size:262144\r\n"));
    CU_ASSERT_EQUAL(peer_of(&both)->record.data, JOURNAL_DATA_AGREED);
    CU_ASSERT_EQUAL(peer_of(&both)->record.max_message, 100000);
    CU_ASSERT_PTR_NOT_NULL(session_of(&both)->channels);
    CU_ASSERT_FALSE(peer_of(&both)->needs_negotiation);
    channel_room_add(&alone);
    peer_caller_publish(&gateway, &alone);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &alone), 0);
    channel_room_connect(&alone);
    CU_ASSERT_EQUAL(sctp.opened, 1);
    channel_room_close();
}

static void who_may_not_use_data_gets_none(void)
{
    struct peer_caller caller = {.lines = 1, .has_data = true};
    channel_room_open();
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, &caller, "room"), GATEWAY_OK);
    peer_caller_publish(&gateway, &caller);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "m=application 0 "));
    CU_ASSERT_PTR_NULL(session_of(&caller)->channels);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_CREATE, reliable, "x"), GATEWAY_INVALID_ACCESS);
    channel_room_close();
}

static void the_first_channel_wants_a_negotiation(void)
{
    struct peer_caller caller = {0};
    channel_room_open();
    channel_room_add(&caller);
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
    channel_room_connect(&caller);
    CU_ASSERT_EQUAL(channel_room_events(&caller, PEER_CHANNEL_OPEN), 1);
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
    channel_room_close();
}

static void a_rejection_closes_what_there_was(void)
{
    struct peer_caller caller = {.rejects_data = true};
    channel_room_open();
    channel_room_add(&caller);
    uint32_t first = create(&caller, "first");
    caller.lines = 1; // something else is accepted, or there would be no transport
    peer_caller_publish(&gateway, &caller);
    peer_caller_follow(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.data, JOURNAL_DATA_REFUSED);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    CU_ASSERT_EQUAL(channel_room_events(&caller, PEER_CHANNEL_CLOSE), 1);
    CU_ASSERT_EQUAL(ask(&caller, GATEWAY_CHANNEL_LIST, (struct gateway_channel_ask){.number = first}, NULL),
                    GATEWAY_INVALID_STATE);
    // Whoever creates another one asks again, in the same place.
    caller.rejects_data = false;
    CU_ASSERT(create(&caller, "again") > first);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    peer_caller_follow(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.data, JOURNAL_DATA_AGREED);
    CU_ASSERT_EQUAL(peer_of(&caller)->record.line_count, 2);
    channel_room_close();
}

// Between the publication of keys and the worker's acknowledgement.
static void what_is_agreed_on_while_keys_are_held_may_send(void)
{
    struct peer_caller caller = {.lines = 1};
    channel_room_open();
    channel_room_add(&caller);
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
    channel_room_close();
}

static void wrong_options_have_the_names_of_the_w3c(void)
{
    struct peer_caller caller = {.has_data = true};
    struct gateway_channel_ask negotiated = reliable, both = reliable;
    channel_room_open();
    channel_room_add(&caller);
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
    channel_room_close();
}

static void what_no_member_takes_waits_for_a_reader(void)
{
    struct peer_caller a = {0};
    static char block[16384];
    channel_room_open();
    channel_room_enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "api");
    uint64_t credit = sctp.credit;
    channel_room_fill(&a, 50); // nobody reads: none is kept up
    CU_ASSERT(sctp.credit > credit);
    peer_of(&a)->events_asked_at = gateway.now;
    sctp_double_run(&sctp);
    credit = sctp.credit;
    channel_room_fill(&a, 50);
    CU_ASSERT_EQUAL(sctp.credit, credit);
    event_store_release(&peer_of(&a)->channel_events, UINT64_MAX);
    sctp_double_run(&sctp);
    CU_ASSERT(sctp.credit >= credit + 40 * sizeof(block));
    channel_room_close();
}

static void channels_outlive_the_process(void)
{
    struct peer_caller a = {0}, b = {0};
    channel_room_chat(&a, &b);
    uint32_t last = peer_of(&a)->record.last_channel;
    char label[100];
    memset(label, 'x', sizeof(label));
    label[99] = 0;
    sctp_double_announce(&sctp, session_of(&a), 2, label); // longer than what is kept
    unsigned resets = sctp.resets;
    test_gateway_restart(&gateway);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp.opened, 4);
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_CHANNEL_ERROR), 1);
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, resets + 1 + 1); // and its counterpart
    sctp_double_say(&sctp, session_of(&a), 0, PPID_STRING, "still", 5);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&b)->record.transport.index, "still"), 1);
    CU_ASSERT_EQUAL(
        ask(&a, GATEWAY_CHANNEL_SEND, (struct gateway_channel_ask){.number = last, .is_text = true}, "back"),
        GATEWAY_OK);
    CU_ASSERT(create(&a, "new") > last + 1);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp_double_count(&sctp, session_of(&a)->record.transport.index, "back"), 1);
    channel_room_close();
}

static void another_dtls_association_has_channels_of_its_own(void)
{
    struct peer_caller a = {0};
    channel_room_open();
    channel_room_enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "chat");
    struct session *session = session_of(&a);
    session->state = SESSION_SECURING;
    peer_channels_renew(&gateway.control, session, gateway.now);
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_CHANNEL_CLOSE), 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session->channels);
    session->state = SESSION_CONNECTED;
    session_channels_start(&gateway.control, session, gateway.now);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp.opened, 2);
    sctp_double_announce(&sctp, session, 0, "chat");
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_DATA_CHANNEL), 2);
    channel_room_close();
}

static void another_role_has_streams_of_the_other_parity(void)
{
    struct peer_caller a = {0};
    channel_room_open();
    channel_room_enter(&a);
    struct session *session = session_of(&a);
    create(&a, "before");
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(gateway.request.channels->list[0].id, 1);
    a.setup = "passive";
    peer_caller_publish(&gateway, &a);
    CU_ASSERT_EQUAL(session->state, SESSION_SECURING);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session->channels);
    CU_ASSERT_FALSE(data_channels_is_lost(session->channels->channels));
    session->record.records.cipher = 1;
    session->state = SESSION_CONNECTED;
    session_channels_start(&gateway.control, session, gateway.now);
    sctp_double_run(&sctp);
    CU_ASSERT_EQUAL(sctp.opened, 2);
    create(&a, "after");
    CU_ASSERT_EQUAL(gateway.request.channels->list[0].id, 0);
    channel_room_close();
}

static void who_breaks_sctp_loses_its_channels_and_is_told_why(void)
{
    static const char why[] = "the SCTP association was aborted: protocol violation";
    struct peer_caller a = {.lines = 2};
    unsigned count, found = 0;
    channel_room_open();
    channel_room_enter(&a);
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
    channel_room_close();
}

static void who_breaks_dcep_loses_that_channel(void)
{
    struct peer_caller a = {0};
    channel_room_open();
    channel_room_enter(&a);
    sctp_double_announce(&sctp, session_of(&a), 0, "good");
    sctp_double_announce(&sctp, session_of(&a), 2, "bad");
    sctp_double_say(&sctp, session_of(&a), 2, PPID_DCEP, "nonsense", 8);
    CU_ASSERT_EQUAL(channel_room_events(&a, PEER_CHANNEL_CLOSING), 1);
    CU_ASSERT_EQUAL(sctp.resets, 1);
    CU_ASSERT_EQUAL(ask(&a, GATEWAY_CHANNEL_LIST, (struct gateway_channel_ask){0}, NULL), GATEWAY_OK);
    CU_ASSERT_STRING_EQUAL(gateway.request.channels->list[0].state, "open");
    CU_ASSERT_STRING_EQUAL(gateway.request.channels->list[1].state, "closing");
    channel_room_close();
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
    CU_add_test(suite, "what no member takes waits for a reader", what_no_member_takes_waits_for_a_reader);
    CU_add_test(suite, "channels outlive the process", channels_outlive_the_process);
    CU_add_test(suite, "another DTLS association has channels of its own",
                another_dtls_association_has_channels_of_its_own);
    CU_add_test(suite, "another role has streams of the other parity", another_role_has_streams_of_the_other_parity);
    CU_add_test(suite, "who breaks SCTP loses its channels, and is told why",
                who_breaks_sctp_loses_its_channels_and_is_told_why);
    CU_add_test(suite, "who breaks DCEP loses that channel", who_breaks_dcep_loses_that_channel);
}
