// SPDX-License-Identifier: Apache-2.0
// WHIP and WHEP as RFC 9725 has them on the wire.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#define ID      "0123456789abcdef0123456789abcdef"
#define SDP     "Content-Type: application/sdp"
#define SDPFRAG "Content-Type: application/trickle-ice-sdpfrag"

static void post_makes_a_session(void)
{
    static const struct {
        const char *path, *location;
        enum gateway_operation operation;
    } rows[] = {
        {"/whip/lobby", "/whip/lobby/" ID, GATEWAY_PUBLISH},
        {"/whep/lobby", "/whep/lobby/" ID, GATEWAY_SUBSCRIBE},
        {"/whip/a.b-c_D9", "/whip/a.b-c_D9/" ID, GATEWAY_PUBLISH},
        {"/whip/%6cobby", "/whip/lobby/" ID, GATEWAY_PUBLISH},
    };
    double_set(&(struct double_script){.sdp = "v=0 answer"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch("POST", rows[i].path, SDP, "v=0 offer");
        CU_ASSERT_EQUAL(reply.status, 201);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Location"), rows[i].location);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "ETag"), "\"first\"");
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Accept-Patch"), "application/trickle-ice-sdpfrag");
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Content-Type"), "application/sdp");
        CU_ASSERT_STRING_EQUAL(reply.body, "v=0 answer");
        char sdp[64];
        struct gateway_request last = double_last(sdp, sizeof sdp);
        CU_ASSERT_EQUAL(last.operation, rows[i].operation);
        CU_ASSERT_STRING_EQUAL(sdp, "v=0 offer");
        CU_ASSERT_EQUAL(last.sdp_length, 9);
        reply_free(&reply);
    }
}

static void patch_trickles_and_restarts(void)
{
    static const struct {
        const char *path, *if_match, *answer;
        long status;
        const char *etag; // as the gateway got it
        bool is_publisher;
    } rows[] = {
        {"/whip/lobby/" ID, "If-Match: \"first\"", NULL, 204, "first", true},
        {"/whep/lobby/" ID, "If-Match: \"first\"", NULL, 204, "first", false},
        {"/whip/lobby/" ID, "If-Match: *", "a=ice-ufrag:x", 200, "*", true},
        {"/whip/lobby/" ID, "If-Match: \"*\"", "a=ice-ufrag:x", 200, "*", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double_set(&(struct double_script){.sdp = rows[i].answer});
        char headers[128];
        snprintf(headers, sizeof headers, "%s\n%s", SDPFRAG, rows[i].if_match);
        struct reply reply = fetch("PATCH", rows[i].path, headers, "a=candidate:1");
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "ETag"), rows[i].answer ? "\"first\"" : "");
        CU_ASSERT_STRING_EQUAL(reply.body, rows[i].answer ? rows[i].answer : "");
        char sdp[64];
        struct gateway_request last = double_last(sdp, sizeof sdp);
        CU_ASSERT_EQUAL(last.operation, GATEWAY_TRICKLE);
        CU_ASSERT_STRING_EQUAL(last.etag, rows[i].etag);
        CU_ASSERT_STRING_EQUAL(last.id, ID);
        CU_ASSERT_EQUAL(last.is_publisher, rows[i].is_publisher);
        CU_ASSERT_STRING_EQUAL(sdp, "a=candidate:1");
        reply_free(&reply);
    }
}

static void patch_wants_a_usable_if_match(void)
{
    static const struct {
        const char *headers;
        long status;
    } rows[] = {
        {SDPFRAG, 428},
        {SDPFRAG "\nIf-Match: W/\"first\"", 412},
        {SDPFRAG "\nIf-Match: first", 412},
        {SDPFRAG "\nIf-Match: \"a\", \"b\"", 412},
    };
    double_set(&(struct double_script){0});
    unsigned before = double_seen(GATEWAY_TRICKLE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch("PATCH", "/whip/lobby/" ID, rows[i].headers, "a=candidate:1");
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        reply_free(&reply);
    }
    CU_ASSERT_EQUAL(double_seen(GATEWAY_TRICKLE), before);
}

static void delete_ends_a_session(void)
{
    double_set(&(struct double_script){0});
    struct reply reply = fetch("DELETE", "/whep/lobby/" ID, NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    char sdp[8];
    struct gateway_request last = double_last(sdp, sizeof sdp);
    CU_ASSERT_EQUAL(last.operation, GATEWAY_CLOSE);
    CU_ASSERT_FALSE(last.is_publisher);
    CU_ASSERT_STRING_EQUAL(last.id, ID);
    reply_free(&reply);
    reply = fetch("DELETE", "/whip/lobby/" ID, "If-Match: \"stale\"", NULL); // RFC 9725 4.3.1: ignored on DELETE
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_TRUE(double_last(sdp, sizeof sdp).is_publisher);
    reply_free(&reply);
}

// RFC 9725 4.2: all other methods are kept for later versions of the protocol.
static void other_methods_are_reserved(void)
{
    static const struct {
        const char *method, *path, *allow;
    } rows[] = {
        {"GET", "/whip/lobby", "POST, OPTIONS"},
        {"HEAD", "/whip/lobby", "POST, OPTIONS"},
        {"PUT", "/whip/lobby", "POST, OPTIONS"},
        {"DELETE", "/whep/lobby", "POST, OPTIONS"},
        {"GET", "/whip/lobby/" ID, "PATCH, DELETE, OPTIONS"},
        {"POST", "/whep/lobby/" ID, "PATCH, DELETE, OPTIONS"},
        {"PUT", "/whep/lobby/" ID, "PATCH, DELETE, OPTIONS"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch(rows[i].method, rows[i].path, NULL, strcmp(rows[i].method, "PUT") ? NULL : "x");
        CU_ASSERT_EQUAL(reply.status, 405);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Allow"), rows[i].allow);
        reply_free(&reply);
    }
}

static void options_serve_a_preflight(void)
{
    const char *headers = "Origin: https://app.example\nAccess-Control-Request-Method: POST\n"
                          "Access-Control-Request-Headers: authorization,content-type";
    struct reply reply = fetch("OPTIONS", "/whip/lobby", headers, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Origin"), "*");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Methods"), "POST, OPTIONS");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Headers"),
                           "Authorization, Content-Type, If-Match, Last-Event-ID");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Expose-Headers"),
                           "Location, ETag, Link, Retry-After, Accept-Patch");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Accept-Post"), "application/sdp");
    reply_free(&reply);
    reply = fetch("OPTIONS", "/whep/lobby/" ID, headers, NULL);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Methods"), "PATCH, DELETE, OPTIONS");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Accept-Patch"), "application/trickle-ice-sdpfrag");
    reply_free(&reply);
}

void whip_suite(void);
void whip_suite(void)
{
    CU_pSuite suite = CU_add_suite("whip and whep", fixture_open, fixture_stop);
    CU_add_test(suite, "POST makes a session", post_makes_a_session);
    CU_add_test(suite, "PATCH trickles and restarts", patch_trickles_and_restarts);
    CU_add_test(suite, "PATCH wants a usable If-Match", patch_wants_a_usable_if_match);
    CU_add_test(suite, "DELETE ends a session", delete_ends_a_session);
    CU_add_test(suite, "other methods are reserved", other_methods_are_reserved);
    CU_add_test(suite, "OPTIONS serves a pre-flight", options_serve_a_preflight);
}
