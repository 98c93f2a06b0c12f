// SPDX-License-Identifier: Apache-2.0
// Peer connections over the tables: rooms in both directions, negotiation by either side, and what is left behind.
#include "control_parts.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "transceivers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_gateway gateway;

static void open_gateway(void)
{
    test_gateway_open(&gateway);
}

static void close_gateway(void)
{
    test_gateway_close(&gateway);
}

static unsigned free_links(void)
{
    const struct intents *intents = &gateway.control.intents;
    return intents->transports.count + intents->streams.count + intents->routes.count;
}

static void leave(const struct peer_caller *caller)
{
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, caller, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL), GATEWAY_OK);
}

static void settle(void)
{
    for (int i = 0; i < 3; i++) {
        gateway.now += TEST_SECOND;
        atomic_store(&gateway.worker.segments[SEGMENT_STATE]->heartbeat, gateway.now);
        test_gateway_settle(&gateway);
        control_watch(&gateway.control, gateway.now);
    }
}

static struct peer_connection *peer_of(const struct peer_caller *caller)
{
    return peer_caller_session(&gateway, caller)->peer;
}

static void members_see_each_other(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    unsigned before = free_links();
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, &one, "room"), GATEWAY_OK);
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, &two, "room"), GATEWAY_OK);
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 0);
    CU_ASSERT_TRUE(peer_of(&two)->needs_negotiation);
    // The second one's own sections carry what the first one sends: RFC 8829 5.10.
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_FALSE(peer_of(&two)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    CU_ASSERT_TRUE(peer_of(&one)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &one), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 2);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 2);
    CU_ASSERT_FALSE(peer_of(&one)->needs_negotiation);
    leave(&two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 0);
    CU_ASSERT_TRUE(peer_of(&one)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &one), 0);
    CU_ASSERT_FALSE(peer_of(&one)->needs_negotiation);
    leave(&one);
    settle();
    CU_ASSERT_EQUAL(free_links(), before);
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 0);
}

static void lines_of_who_left_are_used_again(void)
{
    struct peer_caller stays = {.lines = 2};
    unsigned lines = 0;
    peer_caller_open(&gateway, &stays, "room");
    peer_caller_publish(&gateway, &stays);
    for (int i = 0; i < 4; i++) {
        struct peer_caller comes = {.lines = 2};
        peer_caller_open(&gateway, &comes, "room");
        peer_caller_publish(&gateway, &comes);
        CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &stays), 2);
        leave(&comes);
        CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &stays), 0);
        if (!lines)
            lines = peer_of(&stays)->record.line_count;
        CU_ASSERT_EQUAL(peer_of(&stays)->record.line_count, lines);
    }
    CU_ASSERT_EQUAL(lines, 4);
    leave(&stays);
}

static void the_gateway_may_offer_first(void)
{
    struct peer_caller sends = {.lines = 2}, watches = {0};
    peer_caller_open(&gateway, &sends, "room");
    peer_caller_publish(&gateway, &sends);
    peer_caller_open(&gateway, &watches, "room");
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &watches), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &watches), 2);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &watches), 0);
    leave(&sends);
    leave(&watches);
}

static void what_the_state_does_not_allow_is_refused(void)
{
    struct peer_caller caller = {.lines = 2};
    peer_caller_open(&gateway, &caller, "room");
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_ANSWER, peer_caller_offer(&caller)),
                    GATEWAY_INVALID_STATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.detail, "a local offer, a remote offer"));
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_ROLLBACK), GATEWAY_INVALID_STATE);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_CREATE,
                                    (struct gateway_peer_ask){.type = GATEWAY_ANSWER}, NULL),
                    GATEWAY_INVALID_STATE);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, strdup("v=0\r\nnonsense\r\n")),
                    GATEWAY_BAD_SDP);
    CU_ASSERT_EQUAL(gateway.request.line, 2);
    CU_ASSERT_EQUAL(peer_of(&caller)->state, JSEP_STABLE);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &(struct peer_caller){.id = "nobody"}, GATEWAY_PEER_LOOK,
                                    (struct gateway_peer_ask){0}, NULL),
                    GATEWAY_NO_SESSION);
    leave(&caller);
}

static void creating_changes_nothing(void)
{
    struct peer_caller caller = {.lines = 2};
    struct gateway_peer_ask answer = {.type = GATEWAY_ANSWER};
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, peer_caller_offer(&caller));
    static struct journal_peer before;
    before = peer_of(&caller)->record;
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_CREATE, answer, NULL), GATEWAY_OK);
    CU_ASSERT_EQUAL(memcmp(&before, &peer_of(&caller)->record, sizeof(before)), 0);
    CU_ASSERT_EQUAL(peer_of(&caller)->state, JSEP_HAVE_REMOTE_OFFER);
    char *created = strdup(gateway.request.sdp);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_SET_LOCAL, answer, strdup("v=0\r\n")),
                    GATEWAY_INVALID_MODIFICATION);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_SET_LOCAL, answer, created), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_of(&caller)->state, JSEP_STABLE);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &caller), 2);
    leave(&caller);
}

static void a_rollback_leaves_everything_as_it_was(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_ROLLBACK), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_of(&two)->record.line_count, 0);
    CU_ASSERT_TRUE(peer_of(&two)->needs_negotiation); // and it is told again
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    two.lines = 4;
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_OFFER, peer_caller_offer(&two)), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_ROLLBACK, NULL), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_of(&two)->record.line_count, 2);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 2);
    leave(&one);
    leave(&two);
}

static void offers_that_cross_are_settled(void)
{
    for (unsigned is_polite = 0; is_polite < 2; is_polite++) {
        struct peer_caller one = {.lines = 2}, two = {.lines = 2};
        peer_caller_open(&gateway, &one, "room");
        peer_caller_open(&gateway, &two, "room");
        peer_of(&two)->record.is_polite = is_polite != 0;
        peer_caller_publish(&gateway, &one);
        CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
        CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_OFFER, peer_caller_offer(&two)),
                        is_polite ? GATEWAY_OK : GATEWAY_INVALID_STATE);
        CU_ASSERT_EQUAL(peer_of(&two)->state, is_polite ? JSEP_HAVE_REMOTE_OFFER : JSEP_HAVE_LOCAL_OFFER);
        leave(&one);
        leave(&two);
    }
}

static void ice_is_restarted_by_either_side(void)
{
    struct peer_caller caller = {.lines = 2};
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    uint32_t index = peer_caller_session(&gateway, &caller)->record.transport.index;
    struct transport_intent first = test_transport(&gateway, index);
    peer_caller_publish(&gateway, &caller); // the same credentials: no restart
    struct transport_intent same = test_transport(&gateway, index);
    CU_ASSERT_STRING_EQUAL(same.local_ufrag, first.local_ufrag);
    caller.ufrag = "others";
    peer_caller_publish(&gateway, &caller);
    struct transport_intent second = test_transport(&gateway, index);
    CU_ASSERT_STRING_EQUAL(second.remote_ufrag, "others");
    CU_ASSERT_STRING_NOT_EQUAL(second.local_ufrag, first.local_ufrag);
    CU_ASSERT_EQUAL(second.first_stream.generation, first.first_stream.generation); // media goes on
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_RESTART_ICE, (struct gateway_peer_ask){0}, NULL),
                    GATEWAY_OK);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    caller.ufrag = "thirds";
    peer_caller_follow(&gateway, &caller);
    struct transport_intent third = test_transport(&gateway, index);
    CU_ASSERT_STRING_EQUAL(third.remote_ufrag, "thirds");
    CU_ASSERT_STRING_NOT_EQUAL(third.local_ufrag, second.local_ufrag);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    leave(&caller);
}

static void a_pause_needs_no_negotiation(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    struct route_intent route;
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_publish(&gateway, &two);
    struct gateway_peer_ask pause = {.sets_paused = true, .is_paused = true, .mid = "1"};
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_CHANGE, pause, NULL), GATEWAY_OK);
    CU_ASSERT_FALSE(peer_of(&two)->needs_negotiation);
    const struct journal_transceiver *transceiver = transceivers_find(&peer_of(&two)->record, "1");
    record_read(&tables_route(&gateway.worker, transceiver->route.index)->head, &route, sizeof(route));
    CU_ASSERT_EQUAL(route.paused, 1);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    leave(&one);
    leave(&two);
}

static void tracks_are_removed_and_added_again(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    struct gateway_peer_ask ask = {0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_publish(&gateway, &two);
    char name[GATEWAY_ID_SIZE];
    session_public_name(test_gateway_session(&gateway, one.id), name);
    CU_ASSERT_STRING_NOT_EQUAL(name, one.id);
    snprintf(ask.track, sizeof(ask.track), "%s-1", name);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_REMOVE_TRACK, ask, NULL), GATEWAY_OK);
    CU_ASSERT_TRUE(peer_of(&two)->needs_negotiation);
    peer_caller_follow(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 1);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_REMOVE_TRACK, ask, NULL), GATEWAY_NO_PART);
    snprintf(ask.source, sizeof(ask.source), "room/%s/1", one.id);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_ADD_TRACK, ask, NULL), GATEWAY_OK);
    CU_ASSERT_STRING_EQUAL(gateway.request.peer.track, ask.track);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_ADD_TRACK, ask, NULL), GATEWAY_INVALID_ACCESS);
    peer_caller_follow(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    leave(&one);
    leave(&two);
}

static void a_section_that_the_peer_stops_ends_its_stream(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    one.stopped = 1;
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 1);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 1);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 1);
    one.stopped = 0;
    one.first_mid = "again"; // in the same place
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 2);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    one.first_mid = "moved"; // of one that lives
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &one, GATEWAY_OFFER, peer_caller_offer(&one)),
                    GATEWAY_INVALID_ACCESS);
    leave(&one);
    leave(&two);
}

static void a_publisher_of_whip_is_a_source(void)
{
    struct peer_caller member = {.lines = 2};
    struct test_caller publisher;
    peer_caller_open(&gateway, &member, "room");
    peer_caller_publish(&gateway, &member);
    CU_ASSERT_TRUE(test_caller_offer(&gateway, &publisher, true, "room", true));
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &member), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &member), 2);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, publisher.id, true), GATEWAY_OK);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &member), 0);
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 1);
    test_caller_close(&publisher);
    leave(&member);
}

static void a_successor_goes_on_negotiating(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2}, three = {.lines = 2};
    unsigned before = free_links();
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_connect(&gateway, &one);
    peer_caller_publish(&gateway, &two);
    peer_caller_connect(&gateway, &two);
    peer_caller_follow(&gateway, &one);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    peer_caller_open(&gateway, &three, "room");
    peer_caller_publish(&gateway, &three);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &three), 2); // of four: the rest in the next offer
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &one), 4);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 4);
    leave(&two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &one), 2);
    leave(&one);
    leave(&three);
    settle();
    CU_ASSERT_EQUAL(free_links(), before);
}

static void a_room_of_members_is_drained(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2};
    const struct gateway_change drain = {.scope = SCOPE_ROOM, .sets_draining = true, .draining = true};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_connect(&gateway, &one);
    CU_ASSERT_EQUAL(test_gateway_order(&gateway, drain, "room"), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_open(&gateway, &two, "room"), GATEWAY_OVERLOADED);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(peer_caller_open(&gateway, &two, "room"), GATEWAY_OVERLOADED);
    leave(&one);
    CU_ASSERT_EQUAL(peer_caller_open(&gateway, &two, "room"), GATEWAY_OK);
    leave(&two);
}

static void events_are_told_and_kept(void)
{
    struct peer_caller caller = {.lines = 2};
    unsigned calls = 0;
    struct gateway_peer_ask ask = {0};
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &caller, GATEWAY_PEER_EVENTS, ask, NULL), GATEWAY_OK);
    unsigned tracks = 0;
    for (unsigned i = 0; i < gateway.request.event_count; i++)
        tracks += gateway.request.events[i].kind == PEER_TRACK;
    CU_ASSERT_EQUAL(tracks, 2);
    const struct gateway_event last = gateway.request.events[gateway.request.event_count - 1];
    test_gateway_forget(&gateway);
    // Nothing is behind the last: it waits, until something happens.
    gateway.request = (struct gateway_request){.operation = GATEWAY_PEER_EVENTS,
                                               .is_peer = true,
                                               .peer = {.after_epoch = last.epoch, .after_number = last.number}};
    snprintf(gateway.request.id, sizeof(gateway.request.id), "%s", caller.id);
    test_gateway_run(&gateway, &calls);
    CU_ASSERT_EQUAL(calls, 0);
    session_end(&gateway.control, peer_caller_session(&gateway, &caller), SESSION_CLOSED, "test", gateway.now);
    CU_ASSERT_EQUAL(calls, 1);
    CU_ASSERT_TRUE(gateway.request.is_over);
    CU_ASSERT_TRUE_FATAL(gateway.request.event_count > 0);
    CU_ASSERT_EQUAL(gateway.request.events[gateway.request.event_count - 1].number > last.number, true);
}

static void who_negotiates_nothing_is_closed(void)
{
    struct peer_caller caller = {0};
    peer_caller_open(&gateway, &caller, "room");
    for (int i = 0; i < 25; i++)
        settle();
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, caller.id));
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 0);
}

void peers_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peers", NULL, NULL, open_gateway, close_gateway);
    CU_add_test(suite, "members see each other", members_see_each_other);
    CU_add_test(suite, "lines of who left are used again", lines_of_who_left_are_used_again);
    CU_add_test(suite, "the gateway may offer first", the_gateway_may_offer_first);
    CU_add_test(suite, "what the state does not allow is refused", what_the_state_does_not_allow_is_refused);
    CU_add_test(suite, "creating changes nothing", creating_changes_nothing);
    CU_add_test(suite, "a rollback leaves everything as it was", a_rollback_leaves_everything_as_it_was);
    CU_add_test(suite, "offers that cross are settled", offers_that_cross_are_settled);
    CU_add_test(suite, "ICE is restarted by either side", ice_is_restarted_by_either_side);
    CU_add_test(suite, "a pause needs no negotiation", a_pause_needs_no_negotiation);
    CU_add_test(suite, "tracks are removed and added again", tracks_are_removed_and_added_again);
    CU_add_test(suite, "a section that the peer stops ends its stream", a_section_that_the_peer_stops_ends_its_stream);
    CU_add_test(suite, "a publisher of WHIP is a source", a_publisher_of_whip_is_a_source);
    CU_add_test(suite, "a successor goes on negotiating", a_successor_goes_on_negotiating);
    CU_add_test(suite, "a room of members is drained", a_room_of_members_is_drained);
    CU_add_test(suite, "events are told and kept", events_are_told_and_kept);
    CU_add_test(suite, "who negotiates nothing is closed", who_negotiates_nothing_is_closed);
}
