// SPDX-License-Identifier: Apache-2.0
// What must hold of media and transport while peers negotiate again and again.
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

static struct peer_connection *peer_of(const struct peer_caller *caller)
{
    return peer_caller_session(&gateway, caller)->peer;
}

static struct journal_transceiver transceiver_of(const struct peer_caller *caller, const char *mid)
{
    struct journal_transceiver *transceiver = transceivers_find(&peer_of(caller)->record, mid);
    CU_ASSERT_PTR_NOT_NULL_FATAL(transceiver);
    return *transceiver;
}

// Of the same length.
static char *replaced(char *text, const char *from, const char *to)
{
    char *at = strstr(text, from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memcpy(at, to, strlen(to));
    return text;
}

// SRTP's index starts anew with a route: under the same key, no SSRC may do so twice.
static void a_route_that_comes_back_has_other_ssrcs(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 2, .direction = "recvonly"};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    peer_caller_publish(&gateway, &two);
    struct journal_transceiver first = transceiver_of(&two, "1");
    CU_ASSERT_NOT_EQUAL(first.route.generation, 0);
    two.direction = "inactive";
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 0);
    two.direction = "recvonly";
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    struct journal_transceiver second = transceiver_of(&two, "1");
    CU_ASSERT_NOT_EQUAL(second.out_ssrc, first.out_ssrc);
    CU_ASSERT_NOT_EQUAL(second.out_rtx_ssrc, first.out_rtx_ssrc);
    char announced[32];
    snprintf(announced, sizeof(announced), "a=ssrc:%u ", second.out_ssrc);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, announced));
}

// The peer's SRTP goes on with its SSRC, roll-over counter and all: so must what it is received with.
static void a_stream_that_pauses_keeps_its_state(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    struct record_link first = transceiver_of(&one, "1").stream;
    one.direction = "recvonly";
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 0); // it is no source meanwhile
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 0);
    one.direction = "sendrecv";
    peer_caller_publish(&gateway, &one);
    struct record_link second = transceiver_of(&one, "1").stream;
    CU_ASSERT_EQUAL(second.index, first.index);
    CU_ASSERT_EQUAL(second.generation, first.generation);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
}

static void an_m_line_keeps_its_kind(void)
{
    struct peer_caller one = {.lines = 1}, two = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    char *offer = replaced(peer_caller_offer(&one), "m=audio", "m=video");
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &one, GATEWAY_OFFER, offer), GATEWAY_INVALID_ACCESS);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
    char *answer = replaced(peer_caller_answer(&two, gateway.request.sdp), "m=audio", "m=video");
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_ANSWER, answer), GATEWAY_INVALID_ACCESS);
}

static enum gateway_status restart_ice(const struct peer_caller *caller)
{
    return peer_caller_ask(&gateway, caller, GATEWAY_PEER_RESTART_ICE, (struct gateway_peer_ask){0}, NULL);
}

// The credentials that count are those that the peer was told.
static void check_credentials(const struct peer_caller *caller, const char *told)
{
    char ufrag[ICE_UFRAG_SIZE];
    struct transport_intent intent =
        test_transport(&gateway, peer_caller_session(&gateway, caller)->record.transport.index);
    test_sdp_get(told, "a=ice-ufrag:", ufrag, sizeof(ufrag));
    CU_ASSERT_STRING_EQUAL(intent.local_ufrag, ufrag);
}

static void a_restart_of_ice_comes_with_the_next_offer(void)
{
    struct peer_caller caller = {.lines = 2};
    peer_caller_open(&gateway, &caller, "room");
    peer_caller_publish(&gateway, &caller);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_OFFER), GATEWAY_OK);
    char *told = strdup(gateway.request.sdp);
    CU_ASSERT_EQUAL(restart_ice(&caller), GATEWAY_OK); // too late for this one
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_ANSWER, peer_caller_answer(&caller, told)),
                    GATEWAY_OK);
    check_credentials(&caller, told);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    // RFC 8839 4.4.1.1.1: an offer that restarts nothing is not answered with a restart.
    peer_caller_publish(&gateway, &caller);
    check_credentials(&caller, told);
    CU_ASSERT_TRUE(peer_of(&caller)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_OFFER), GATEWAY_OK);
    char *restarted = strdup(gateway.request.sdp), before[ICE_UFRAG_SIZE], after[ICE_UFRAG_SIZE];
    test_sdp_get(told, "a=ice-ufrag:", before, sizeof(before));
    test_sdp_get(restarted, "a=ice-ufrag:", after, sizeof(after));
    CU_ASSERT_STRING_NOT_EQUAL(before, after);
    peer_caller_set_remote(&gateway, &caller, GATEWAY_ANSWER, peer_caller_answer(&caller, restarted));
    check_credentials(&caller, restarted);
    CU_ASSERT_FALSE(peer_of(&caller)->needs_negotiation);
    free(told);
    free(restarted);
}

// Killed between the tables and the journal: the answer was not sent, and what the journal says is so.
static void a_successor_makes_the_tables_what_the_journal_says(void)
{
    static struct journal_peer before;
    struct peer_caller one = {.lines = 4, .direction = "sendonly"}, two = {.lines = 2};
    peer_caller_open(&gateway, &one, "room");
    one.stopped = 1;
    peer_caller_publish(&gateway, &one);
    peer_caller_connect(&gateway, &one);
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &two);
    peer_caller_connect(&gateway, &two);
    before = peer_of(&one)->record;
    one.stopped = 0;
    one.first_mid = "first";
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 4);
    journal_write_peer(&gateway.control.journal, peer_caller_session(&gateway, &one)->record.transport.index, &before);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &one), 3);
}

static void what_the_peer_rejects_is_not_offered_again(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
    char *answer = replaced(peer_caller_answer(&two, gateway.request.sdp), "m=video 9", "m=video 0");
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_ANSWER, answer), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 1);
    CU_ASSERT_FALSE(peer_of(&two)->needs_negotiation);
    // Nor what is stopped later.
    struct gateway_peer_ask stop = {.stops = true};
    snprintf(stop.mid, sizeof(stop.mid), "%s", peer_of(&two)->record.lines[0].mid);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_CHANGE, stop, NULL), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
    answer = peer_caller_answer(&two, gateway.request.sdp);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_ANSWER, answer), GATEWAY_OK);
    CU_ASSERT_FALSE(peer_of(&two)->needs_negotiation);
    // But where it is asked for.
    struct gateway_peer_ask track = {0};
    snprintf(track.source, sizeof(track.source), "room/%s/1", one.id);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_ADD_TRACK, track, NULL), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 1);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 1);
}

static void a_bad_offer_takes_nothing_back(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_of(&two)->record.is_polite = true;
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &two, GATEWAY_OFFER), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &two, GATEWAY_OFFER, strdup("v=0\r\nnonsense\r\n")),
                    GATEWAY_BAD_SDP);
    CU_ASSERT_EQUAL(peer_of(&two)->state, JSEP_HAVE_LOCAL_OFFER);
}

// What waits in a client that was given tracks goes out in the sections of the gateway's offer (RFC 8829 5.10).
static void an_answer_may_send_in_the_section_of_a_source(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0, .sends = true};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &one), 2);
    peer_caller_ask(&gateway, &one, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
    peer_caller_follow(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 2);
}

// W3C WebRTC 5.1, addTrack: a browser sends in a section in which it was sent to alone so far.
static void a_peer_may_send_in_the_section_of_a_source(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0}, three = {.lines = 0};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 0);
    two.lines = 2;
    two.mid_prefix = "g";
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
    CU_ASSERT_FALSE(peer_of(&two)->needs_negotiation);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &one), 2);
    // What it sends does not end with the source.
    peer_caller_ask(&gateway, &one, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
    CU_ASSERT_TRUE(peer_of(&two)->needs_negotiation);
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 0);
    peer_caller_open(&gateway, &three, "room");
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &three), 2);
}

static void a_direction_that_was_set_stands_against_offers(void)
{
    struct peer_caller one = {.lines = 2}, two = {.lines = 0};
    struct gateway_peer_ask narrow = {.sets_ways = true, .ways = GATEWAY_SENDS, .mid = "g1"};
    peer_caller_open(&gateway, &one, "room");
    peer_caller_open(&gateway, &two, "room");
    peer_caller_publish(&gateway, &one);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &two), 2);
    CU_ASSERT_EQUAL(peer_caller_ask(&gateway, &two, GATEWAY_PEER_CHANGE, narrow, NULL), GATEWAY_OK);
    two.lines = 2;
    two.mid_prefix = "g";
    peer_caller_publish(&gateway, &two);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &two), 1);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &two), 2);
}

void peer_media_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peer media", NULL, NULL, open_gateway, close_gateway);
    CU_add_test(suite, "a route that comes back has other SSRCs", a_route_that_comes_back_has_other_ssrcs);
    CU_add_test(suite, "a stream that pauses keeps its state", a_stream_that_pauses_keeps_its_state);
    CU_add_test(suite, "an m-line keeps its kind", an_m_line_keeps_its_kind);
    CU_add_test(suite, "a restart of ICE comes with the next offer", a_restart_of_ice_comes_with_the_next_offer);
    CU_add_test(suite, "a successor makes the tables what the journal says",
                a_successor_makes_the_tables_what_the_journal_says);
    CU_add_test(suite, "what the peer rejects is not offered again", what_the_peer_rejects_is_not_offered_again);
    CU_add_test(suite, "a bad offer takes nothing back", a_bad_offer_takes_nothing_back);
    CU_add_test(suite, "an answer may send in the section of a source", an_answer_may_send_in_the_section_of_a_source);
    CU_add_test(suite, "a peer may send in the section of a source", a_peer_may_send_in_the_section_of_a_source);
    CU_add_test(suite, "a direction that was set stands against offers",
                a_direction_that_was_set_stands_against_offers);
}
