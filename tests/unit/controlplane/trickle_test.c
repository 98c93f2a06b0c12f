// SPDX-License-Identifier: Apache-2.0
// PATCH: candidates, entity tags, ICE restarts (RFC 9725 4.3).
#include "controlplane_suites.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <string.h>

static const char trickled[] = "a=ice-ufrag:theirs\r\na=ice-pwd:passwordpasswordpassword\r\n"
                               "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                               "a=candidate:1 1 udp 2122194687 192.0.2.2 41357 typ host\r\na=end-of-candidates\r\n";
static const char restarted[] = "a=ice-ufrag:newer\r\na=ice-pwd:anotherpasswordanotherpw\r\n"
                                "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";

static void the_tag_and_the_address_count(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    const struct {
        const char *id, *etag, *fragment;
        bool is_publisher;
        enum gateway_status status;
    } rows[] = {
        {caller.id, caller.etag, trickled, true, GATEWAY_OK},
        {caller.id, "", trickled, true, GATEWAY_OK},
        {caller.id, "*", trickled, true, GATEWAY_OK},
        {caller.id, "other", trickled, true, GATEWAY_ETAG_MISMATCH},
        {caller.id, caller.etag, trickled, false, GATEWAY_NO_SESSION},
        {"0123456789abcdef0123456789abcdef", caller.etag, trickled, true, GATEWAY_NO_SESSION},
        {caller.id, caller.etag, "nonsense\r\n", true, GATEWAY_BAD_SDP},
        {caller.id, caller.etag, "a=ice-ufrag:newer\r\na=ice-pwd:short\r\n", true, GATEWAY_UNPROCESSABLE},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum gateway_status status =
            test_gateway_patch(&gateway, rows[i].id, rows[i].is_publisher, rows[i].etag, rows[i].fragment);
        // The parser may find a password out of form by itself.
        CU_ASSERT_TRUE(status == rows[i].status || (i == 7 && status == GATEWAY_BAD_SDP));
        CU_ASSERT_PTR_NULL(gateway.request.sdp);
    }
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, caller.id)->remote_candidates, 3);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

// Candidates of TCP, in each of its kinds, and names of mDNS: noted, and nothing is done with them.
static void candidates_of_all_kinds_are_taken(void)
{
    static const char fragment[] =
        "a=ice-ufrag:theirs\r\na=ice-pwd:passwordpasswordpassword\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
        "a=candidate:1 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active generation 0 ufrag theirs\r\n"
        "a=candidate:2 1 TCP 1518214911 192.0.2.2 41357 typ host tcptype passive\r\n"
        "a=candidate:3 1 tcp 1518083839 2001:db8::2 41357 typ host tcptype so\r\n"
        "a=candidate:4 1 udp 2122194687 0a1b2c3d-0000-4000-8000-1234567890ab.local 41357 typ host\r\n"
        "a=candidate:5 1 tcp 1518280447 0a1b2c3d-0000-4000-8000-1234567890ab.local 9 typ host tcptype active\r\n"
        "a=candidate:6 1 ssltcp 1 192.0.2.2 443 typ relay raddr 0.0.0.0 rport 0\r\na=end-of-candidates\r\n";
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, caller.id, true, caller.etag, fragment), GATEWAY_OK);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, caller.id)->remote_candidates, 6);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

static void a_restart_changes_credentials_and_nothing_else(void)
{
    struct test_gateway gateway;
    struct test_caller caller;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &caller, true, "room", true));
    test_caller_connect(&gateway, &caller);
    struct session *session = test_gateway_session(&gateway, caller.id);
    struct transport_intent before = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, caller.id, true, "*", restarted), GATEWAY_OK);
    struct transport_intent after = test_transport(&gateway, session->record.transport.index);
    char ufrag[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(gateway.request.sdp);
    test_sdp_get(gateway.request.sdp, "a=ice-ufrag:", ufrag, sizeof(ufrag));
    CU_ASSERT_STRING_EQUAL(after.local_ufrag, ufrag);
    CU_ASSERT_STRING_NOT_EQUAL(after.local_ufrag, before.local_ufrag);
    CU_ASSERT_STRING_EQUAL(after.remote_ufrag, "newer");
    CU_ASSERT_STRING_NOT_EQUAL(gateway.request.etag, caller.etag);
    CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "10.7.0.2"));
    CU_ASSERT_EQUAL(memcmp(after.keys, before.keys, sizeof(after.keys)), 0);
    CU_ASSERT_EQUAL(after.first_stream.index, before.first_stream.index);
    CU_ASSERT_EQUAL(session->state, SESSION_CONNECTED);
    // The old tag is worth nothing now.
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, caller.id, true, caller.etag, restarted), GATEWAY_ETAG_MISMATCH);
    test_caller_close(&caller);
    test_gateway_close(&gateway);
}

void trickle_suite(void)
{
    CU_pSuite suite = CU_add_suite("trickle", NULL, NULL);
    CU_add_test(suite, "candidates of all kinds are taken", candidates_of_all_kinds_are_taken);
    CU_add_test(suite, "entity tag, id and kind of URL count", the_tag_and_the_address_count);
    CU_add_test(suite, "a restart changes credentials and nothing else",
                a_restart_changes_credentials_and_nothing_else);
}
