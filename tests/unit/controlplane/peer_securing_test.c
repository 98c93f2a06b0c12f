// SPDX-License-Identifier: Apache-2.0
// RFC 8842 5.1: what in a description means another DTLS association, and what stays as it is when there is one.
#include "control_parts.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "transceivers.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_gateway gateway;
static struct test_caller dtls; // the end of `member`
static struct peer_caller member, viewer;
static char lines[1024];

static void open_gateway(void)
{
    test_gateway_open(&gateway);
}

static void close_gateway(void)
{
    test_caller_close(&dtls);
    test_gateway_close(&gateway);
}

static struct session *session(void)
{
    return peer_caller_session(&gateway, &member);
}

static struct transport_intent transport(void)
{
    return test_transport(&gateway, session()->record.transport.index);
}

static const char *security(const char *format, const struct test_peer *peer)
{
    char fingerprint[256];
    test_peer_fingerprint(peer, "sha256", fingerprint, sizeof(fingerprint));
    snprintf(lines, sizeof(lines), format, fingerprint);
    return lines;
}

// A member of a room that is connected by real DTLS, and another one that is sent its streams.
static void connect_member(bool is_client)
{
    member = (struct peer_caller){.lines = 2, .setup = is_client ? "actpass" : "passive"};
    viewer = (struct peer_caller){.lines = 0};
    test_peer_open(&dtls.peer, is_client, "SRTP_AEAD_AES_128_GCM", false);
    member.security = security("a=fingerprint:sha-256 %s\r\n", &dtls.peer);
    peer_caller_open(&gateway, &member, "room");
    peer_caller_open(&gateway, &viewer, "room");
    peer_caller_publish(&gateway, &member);
    CU_ASSERT_EQUAL(peer_caller_follow(&gateway, &viewer), 2);
    memcpy(dtls.id, member.id, sizeof(dtls.id));
    test_caller_connect(&gateway, &dtls);
    CU_ASSERT_EQUAL_FATAL(session()->state, SESSION_CONNECTED);
    CU_ASSERT_TRUE(dtls.peer.established);
    CU_ASSERT_EQUAL(transport().keys[0].epoch, 1);
}

static void go_on(void)
{
    if (dtls.peer.is_client)
        test_peer_input(&dtls.peer, NULL, 0);
    test_caller_exchange(&gateway, &dtls);
}

static const char *source_of_viewer(unsigned line, char ret_text[32])
{
    struct session *other = peer_caller_session(&gateway, &viewer);
    const struct journal_transceiver *transceiver = transceivers_of_line(&other->peer->record, line);
    struct route_intent route = {0};
    record_read(&tables_route(&gateway.worker, transceiver->route.index)->head, &route, sizeof(route));
    snprintf(ret_text, 32, "%u/%u", route.from_stream.index, route.from_stream.generation);
    return ret_text;
}

static const char *stream_of_member(unsigned line, char ret_text[32])
{
    const struct record_link link = session()->peer->record.transceivers[line].stream;
    snprintf(ret_text, 32, "%u/%u", link.index, link.generation);
    return ret_text;
}

// Other keys; other links, so that packet indexes begin anew; the same SSRCs, and nobody else has to negotiate.
static void expect_renewed(uint32_t epoch, const struct transport_intent *before)
{
    char theirs[32], ours[32];
    CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
    CU_ASSERT_TRUE(dtls.peer.established);
    struct transport_intent after = transport();
    CU_ASSERT_EQUAL(after.keys[0].epoch, epoch);
    CU_ASSERT_NOT_EQUAL(memcmp(after.keys[0].receive_key, before->keys[0].receive_key, 16), 0);
    CU_ASSERT_EQUAL(after.generation, before->generation);
    CU_ASSERT_NOT_EQUAL(memcmp(&after.first_stream, &before->first_stream, sizeof(after.first_stream)), 0);
    CU_ASSERT_EQUAL(peer_caller_streams(&gateway, &member), 2);
    CU_ASSERT_EQUAL(peer_caller_routes(&gateway, &viewer), 2);
    for (unsigned line = 0; line < 2; line++)
        CU_ASSERT_STRING_EQUAL(source_of_viewer(line, theirs), stream_of_member(line, ours));
    CU_ASSERT_FALSE(peer_caller_session(&gateway, &viewer)->peer->needs_negotiation);
    CU_ASSERT_TRUE(session()->record.has_keys);
}

// Roles of the peer before and after: client 1, server 0.
static void another_fingerprint_is_another_association(void)
{
    for (unsigned roles = 0; roles < 4; roles++) {
        struct test_caller old;
        connect_member(roles & 1);
        struct transport_intent before = transport();
        old = dtls;
        test_peer_open(&dtls.peer, roles & 2, "SRTP_AEAD_AES_128_GCM", false);
        member.security = security("a=fingerprint:sha-256 %s\r\n", &dtls.peer);
        member.setup = roles & 2 ? "active" : "passive";
        peer_caller_publish(&gateway, &member);
        CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, roles & 2 ? "a=setup:passive" : "a=setup:active"));
        CU_ASSERT_EQUAL(session()->state, SESSION_SECURING);
        CU_ASSERT_EQUAL(memcmp(&transport().keys[0], &before.keys[0], sizeof(before.keys[0])), 0); // media goes on
        CU_ASSERT_EQUAL(transport().first_stream.generation, before.first_stream.generation);
        go_on();
        expect_renewed(2, &before);
        peer_caller_publish(&gateway, &member); // and nothing more comes of it
        CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
        CU_ASSERT_EQUAL(transport().keys[0].epoch, 2);
        peer_caller_ask(&gateway, &member, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
        peer_caller_ask(&gateway, &viewer, GATEWAY_CLOSE, (struct gateway_peer_ask){0}, NULL);
        test_gateway_settle(&gateway);
        test_peer_close(&old.peer);
        if (roles < 3)
            test_caller_close(&dtls);
    }
}

static void another_tls_id_is_another_association(void)
{
    char first[128], second[128], third[128];
    connect_member(true);
    struct transport_intent before = transport();
    member.security = security("a=fingerprint:sha-256 %s\r\na=tls-id:abcdefghijklmnopqrst\r\n", &dtls.peer);
    peer_caller_publish(&gateway, &member); // there was none before
    CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
    test_sdp_get(gateway.request.sdp, "a=tls-id:", first, sizeof(first));
    CU_ASSERT_TRUE(strlen(first) >= 20); // RFC 8842 4
    peer_caller_publish(&gateway, &member);
    test_sdp_get(gateway.request.sdp, "a=tls-id:", second, sizeof(second));
    CU_ASSERT_STRING_EQUAL(first, second);
    member.security = security("a=fingerprint:sha-256 %s\r\na=tls-id:xxxxxxxxxxxxxxxxxxxx\r\n", &dtls.peer);
    peer_caller_publish(&gateway, &member);
    test_sdp_get(gateway.request.sdp, "a=tls-id:", third, sizeof(third));
    CU_ASSERT_STRING_NOT_EQUAL(second, third);
    CU_ASSERT_EQUAL(session()->state, SESSION_SECURING);
    test_peer_again(&dtls.peer, true);
    go_on();
    expect_renewed(2, &before);
    peer_caller_publish(&gateway, &member);
    test_sdp_get(gateway.request.sdp, "a=tls-id:", second, sizeof(second));
    CU_ASSERT_STRING_EQUAL(second, third);
}

// The gateway becomes the client, then the server again: only the peer's ClientHello says that it means it.
static void other_roles_are_another_association(void)
{
    connect_member(true);
    struct transport_intent before = transport();
    member.setup = "passive";
    peer_caller_publish(&gateway, &member);
    CU_ASSERT_EQUAL(session()->state, SESSION_SECURING);
    test_peer_again(&dtls.peer, false);
    go_on();
    expect_renewed(2, &before);
    before = transport();
    member.setup = "active";
    peer_caller_publish(&gateway, &member);
    CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
    CU_ASSERT_EQUAL(transport().keys[0].epoch, 2);
    test_peer_again(&dtls.peer, true);
    go_on();
    expect_renewed(3, &before);
}

// Lines of several hashes, any case: one that fits is enough, and weak ones count for nothing.
static void one_of_several_fingerprints_is_enough(void)
{
    static const char *const same[] = {
        "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\na=fingerprint:SHA-256 "
        "%s\r\n",
        "a=fingerprint:sha-256 %s\r\na=fingerprint:sha-256 "
        "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n",
        "a=fingerprint:md5 00:11\r\na=fingerprint:sha-256 %s\r\n",
    };
    connect_member(true);
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        member.security = security(same[i], &dtls.peer);
        peer_caller_publish(&gateway, &member);
        CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
    }
    member.security = "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n";
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &member, GATEWAY_OFFER, peer_caller_offer(&member)), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &member, GATEWAY_SDP_TYPES), GATEWAY_UNPROCESSABLE);
    CU_ASSERT_EQUAL(session()->state, SESSION_CONNECTED);
}

// Not to be reached in time, or with another certificate than the one that was signalled: a session's end by name.
static void an_impostor_ends_it(void)
{
    struct test_peer impostor;
    connect_member(true);
    struct transport_intent before = transport();
    test_peer_open(&impostor, true, "SRTP_AEAD_AES_128_GCM", false);
    member.security = security("a=fingerprint:sha-256 %s\r\n", &impostor);
    peer_caller_publish(&gateway, &member);
    test_peer_again(&dtls.peer, true); // it shows what it always had
    go_on();
    CU_ASSERT_EQUAL(session()->state, SESSION_FAILED);
    CU_ASSERT_NOT_EQUAL(transport().generation, before.generation);
    test_peer_close(&impostor);
}

void peer_securing_suite(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("peer securing", NULL, NULL, open_gateway, close_gateway);
    CU_add_test(suite, "another fingerprint is another association", another_fingerprint_is_another_association);
    CU_add_test(suite, "another tls-id is another association", another_tls_id_is_another_association);
    CU_add_test(suite, "other roles are another association", other_roles_are_another_association);
    CU_add_test(suite, "one of several fingerprints is enough", one_of_several_fingerprints_is_enough);
    CU_add_test(suite, "an impostor ends it", an_impostor_ends_it);
}
