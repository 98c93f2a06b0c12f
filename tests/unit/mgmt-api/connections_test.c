// SPDX-License-Identifier: Apache-2.0
// /v1/peers over HTTP: what is asked of the gateway, what is refused before, and events as they come.
#include "http_fixture.h"
#include "raw_client.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JSON  "Content-Type: application/json"
#define PATCH "Content-Type: application/merge-patch+json"

// clang-format off: a table reads by columns
static const struct {
    const char *method, *path, *headers, *body;
    enum gateway_operation operation;
    long status;
} rows[] = {
    {"POST", "/v1/peers", JSON, "{\"room\": \"lobby\"}", GATEWAY_PEER_OPEN, 201},
    {"POST", "/v1/peers/abc/offer", NULL, "", GATEWAY_PEER_CREATE, 204},
    {"POST", "/v1/peers/abc/answer", NULL, "", GATEWAY_PEER_CREATE, 204},
    {"PUT", "/v1/peers/abc/local-description", JSON, "{}", GATEWAY_PEER_SET_LOCAL, 204},
    {"PUT", "/v1/peers/abc/local-description", JSON, "{\"type\": \"rollback\"}", GATEWAY_PEER_SET_LOCAL, 204},
    {"PUT", "/v1/peers/abc/remote-description", JSON, "{\"type\": \"offer\", \"sdp\": \"v=0\"}",
     GATEWAY_PEER_SET_REMOTE, 204},
    {"POST", "/v1/peers/abc/candidates", JSON,
     "{\"candidate\": \"candidate:1 1 udp 1 192.0.2.1 9 typ host\", \"sdpMid\": \"0\"}", GATEWAY_PEER_CANDIDATE, 204},
    {"POST", "/v1/peers/abc/candidates", JSON, "{\"candidate\": null}", GATEWAY_PEER_CANDIDATE, 204},
    {"POST", "/v1/peers/abc/restart-ice", NULL, "", GATEWAY_PEER_RESTART_ICE, 204},
    {"POST", "/v1/peers/abc/tracks", JSON, "{\"source\": \"lobby/def/1\"}", GATEWAY_PEER_ADD_TRACK, 201},
    {"DELETE", "/v1/peers/abc/tracks/def-1", NULL, NULL, GATEWAY_PEER_REMOVE_TRACK, 204},
    {"DELETE", "/v1/peers/abc", NULL, NULL, GATEWAY_CLOSE, 204},
};
// clang-format on

static void each_method_asks_the_gateway(void)
{
    char sdp[256];
    double_set(&(struct double_script){.status = GATEWAY_OK});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned before = double_seen(rows[i].operation);
        struct reply reply = fetch(rows[i].method, rows[i].path, rows[i].headers, rows[i].body);
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        CU_ASSERT_EQUAL(double_seen(rows[i].operation), before + 1);
        CU_ASSERT_TRUE(double_last(sdp, sizeof sdp).is_peer);
        if (reply.status != rows[i].status)
            printf("%s %s: %ld %s\n", rows[i].method, rows[i].path, reply.status, reply.body);
        reply_free(&reply);
    }
}

static void what_is_no_such_request_is_refused(void)
{
    static const struct {
        const char *method, *path, *headers, *body;
    } bad[] = {
        {"POST", "/v1/peers", JSON, "{}"},
        {"POST", "/v1/peers", JSON, "[]"},
        {"POST", "/v1/peers", JSON, "{\"room\": 7}"},
        {"POST", "/v1/peers", JSON, "{\"room\": \"lobby\", \"more\": true}"},
        {"PUT", "/v1/peers/abc/remote-description", JSON, "{\"type\": \"offer\"}"},
        {"PUT", "/v1/peers/abc/remote-description", JSON, "{\"sdp\": \"v=0\"}"},
        {"PUT", "/v1/peers/abc/remote-description", JSON, "{\"type\": \"order\", \"sdp\": \"v=0\"}"},
        {"PUT", "/v1/peers/abc/local-description", JSON, "{\"sdp\": \"v=0\"}"},
        {"PUT", "/v1/peers/abc/local-description", JSON, "nonsense"},
        {"POST", "/v1/peers/abc/transceivers", JSON, "{\"kind\": \"text\"}"},
        {"POST", "/v1/peers/abc/tracks", JSON, "{}"},
        {"PATCH", "/v1/peers/abc/transceivers/0", PATCH, "{\"direction\": \"both\"}"},
        {"PATCH", "/v1/peers/abc/transceivers/0", PATCH, "{\"sender\": {}}"},
        {"PATCH", "/v1/peers/abc/transceivers/0", PATCH, "{\"setCodecPreferences\": {}}"},
        {"PATCH", "/v1/peers/abc/transceivers/0", PATCH, "{\"replaceTrack\": 7}"},
        {"PATCH", "/v1/peers/abc/transceivers/0", PATCH, "{\"setParameters\": []}"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct reply reply = fetch(bad[i].method, bad[i].path, bad[i].headers, bad[i].body);
        CU_ASSERT_EQUAL(reply.status, 400);
        if (reply.status != 400)
            printf("%s %s %s: %ld\n", bad[i].method, bad[i].path, bad[i].body, reply.status);
        reply_free(&reply);
    }
}

static void refusals_bear_the_name_of_the_exception(void)
{
    static const struct {
        enum gateway_status status;
        const char *title;
    } names[] = {{GATEWAY_INVALID_STATE, "InvalidStateError"},
                 {GATEWAY_INVALID_MODIFICATION, "InvalidModificationError"},
                 {GATEWAY_INVALID_ACCESS, "InvalidAccessError"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        double_set(&(struct double_script){.status = names[i].status, .detail = "what may be set"});
        struct reply reply = fetch("PUT", "/v1/peers/abc/local-description", JSON, "{}");
        json_t *json = reply_json(&reply);
        CU_ASSERT_EQUAL(reply.status, 409);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "title")), names[i].title);
        json_decref(json);
        reply_free(&reply);
    }
}

// The double tells of one event an answer, and ends with the third.
static void events_come_one_after_the_other(void)
{
    char text[8192], sdp[16];
    int is_closed;
    double_set(&(struct double_script){.status = GATEWAY_OK});
    int fd = raw_connect();
    raw_send(fd, "GET /v1/peers/abc/events HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: 7.40\r\n\r\n");
    size_t size = raw_read(fd, text, sizeof text - 1, 10, &is_closed);
    text[size] = '\0';
    close(fd);
    CU_ASSERT_TRUE(is_closed);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Content-Type: text/event-stream\r\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "Content-Length"));
    const char *at = text;
    for (unsigned number = 41; number <= 43; number++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted, "id: 7.%u\nevent: negotiationneeded\ndata: {\"peer\":\"abc\"", number);
        at = strstr(at, wanted);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    }
    CU_ASSERT_EQUAL(double_last(sdp, sizeof sdp).peer.after_number, 42);
}

static void a_stream_of_nobody_is_refused(void)
{
    double_set(&(struct double_script){.status = GATEWAY_NO_SESSION, .detail = "there is no such peer"});
    struct reply reply = fetch("GET", "/v1/peers/abc/events", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 404);
    reply_free(&reply);
}

void connections_suite(void);
void connections_suite(void)
{
    CU_pSuite suite = CU_add_suite("peer connections", fixture_open, fixture_stop);
    CU_add_test(suite, "each method asks the gateway", each_method_asks_the_gateway);
    CU_add_test(suite, "what is no such request is refused", what_is_no_such_request_is_refused);
    CU_add_test(suite, "refusals bear the name of the exception", refusals_bear_the_name_of_the_exception);
    CU_add_test(suite, "events come one after the other", events_come_one_after_the_other);
    CU_add_test(suite, "a stream of nobody is refused", a_stream_of_nobody_is_refused);
}
