// SPDX-License-Identifier: Apache-2.0
// Errors: each status of the gateway, tokens, media types; always as problem details. Which pages may call.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#define ID  "0123456789abcdef0123456789abcdef"

#define SDP "Content-Type: application/sdp"

static void check_problem(const struct reply *reply, const char *title)
{
    json_t *json = reply_json(reply);
    CU_ASSERT_STRING_EQUAL(reply_header(reply, "Content-Type"), "application/problem+json");
    CU_ASSERT_TRUE(json_is_string(json_object_get(json, "type")));
    CU_ASSERT_TRUE(json_is_string(json_object_get(json, "title")));
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(json, "status")), reply->status);
    CU_ASSERT_TRUE(json_string_length(json_object_get(json, "detail")) > 0);
    if (title)
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "title")), title);
    json_decref(json);
}

static void gateway_refusals_have_their_status(void)
{
    static const struct {
        enum gateway_status status;
        long http;
        unsigned line, retry_after;
    } rows[] = {
        {GATEWAY_BAD_SDP, 400, 7, 0},           {GATEWAY_BAD_ROOM, 400, 0, 0},
        {GATEWAY_NO_PUBLISHER, 404, 0, 2},      {GATEWAY_NO_SESSION, 404, 0, 0},
        {GATEWAY_NO_COMMON_CODEC, 406, 0, 0},   {GATEWAY_ROOM_TAKEN, 409, 0, 0},
        {GATEWAY_ETAG_MISMATCH, 412, 0, 0},     {GATEWAY_UNPROCESSABLE, 422, 0, 0},
        {GATEWAY_TOO_MANY_REQUESTS, 429, 0, 5}, {GATEWAY_OVERLOADED, 503, 0, 10},
        {(enum gateway_status)99, 500, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double_set(&(struct double_script){.status = rows[i].status,
                                           .detail = "line 7 is wrong",
                                           .line = rows[i].line,
                                           .retry_after = rows[i].retry_after});
        struct reply reply = fetch("POST", "/whep/lobby", SDP, "v=0");
        CU_ASSERT_EQUAL(reply.status, rows[i].http);
        check_problem(&reply, NULL);
        json_t *json = reply_json(&reply);
        CU_ASSERT_EQUAL(json_integer_value(json_object_get(json, "line")), rows[i].line);
        CU_ASSERT_EQUAL(atol(reply_header(&reply, "Retry-After")), rows[i].retry_after);
        json_decref(json);
        reply_free(&reply);
    }
}

static void bodies_are_refused_by_type_and_size(void)
{
    static char large[320 * 1024 + 2];
    memset(large, 'x', sizeof large - 1);
    static char limit[320 * 1024 + 1];
    memset(limit, 'x', sizeof limit - 1);
    const struct {
        const char *headers, *body;
        long status;
    } rows[] = {
        {"Content-Type: text/plain", "v=0", 415},
        {"Content-Type:", "v=0", 415},
        {SDP, large, 413},
        {SDP, limit, 201},
        {SDP, "", 400},
        {SDP "; charset=utf-8", "v=0", 201},
    };
    double_set(&(struct double_script){.sdp = "v=0"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch("POST", "/whip/lobby", rows[i].headers, rows[i].body);
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        if (rows[i].status != 201)
            check_problem(&reply, NULL);
        reply_free(&reply);
    }
}

static void unknown_paths_are_not_found(void)
{
    static const char *const paths[] = {"/nothing",
                                        "/whip",
                                        "/whip/",
                                        "/v1",
                                        "/v1/rooms/",
                                        "/demo/../etc/passwd",
                                        "/demo/%2e%2e/%2e%2e/etc/passwd",
                                        "/console/..%2fopenapi.yaml",
                                        "/demo/none.js",
                                        "/whip/a/b/c"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct reply reply = fetch("GET", paths[i], NULL, NULL);
        CU_ASSERT(reply.status == 404 || reply.status == 200);
        if (reply.status == 200) // ../ was resolved to what is public anyway
            CU_ASSERT_PTR_NULL(strstr(reply.body, "root:"));
        if (reply.status == 404)
            check_problem(&reply, NULL);
        reply_free(&reply);
    }
    char path[300] = "/whip/";
    memset(path + 6, 'r', 100);
    struct reply reply = fetch("POST", path, SDP, "v=0");
    CU_ASSERT_EQUAL(reply.status, 400);
    reply_free(&reply);
}

static void cut_paths_are_refused(void)
{
    static const char *const paths[] = {"/whip/a&b", "/whip/a;b", "/whip/a%00b"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        unsigned before = double_seen(GATEWAY_PUBLISH);
        struct reply reply = fetch("POST", paths[i], SDP, "v=0");
        CU_ASSERT(reply.status == 400 || reply.status == 0);
        CU_ASSERT_EQUAL(double_seen(GATEWAY_PUBLISH), before);
        reply_free(&reply);
    }
}

// DNS rebinding: a page of a site whose name leads here for a moment.
static void other_names_are_misdirected(void)
{
    static const struct {
        const char *method, *path, *headers, *body;
        long status;
    } rows[] = {
        {"POST", "/whip/lobby", SDP "\nHost: evil.example", "v=0", 421},
        {"POST", "/whep/lobby", SDP "\nHost: evil.example:8080", "v=0", 421},
        {"POST", "/whip/lobby", SDP "\nHost: localhost:8080", "v=0", 201},
        {"POST", "/whip/lobby", SDP "\nHost: [::1]:8080", "v=0", 201},
        {"DELETE", "/whip/lobby/x", "Host: evil.example", NULL, 421},
        {"GET", "/v1/peers", "Host: evil.example", NULL, 421},
        {"GET", "/metrics", "Host: evil.example", NULL, 421},
        {"PATCH", "/v1/status", "Content-Type: application/merge-patch+json\nHost: evil.example",
         "{\"draining\": true}", 421},
        {"GET", "/healthz", "Host: evil.example", NULL, 200}, // which say nothing
        {"GET", "/demo/", "Host: evil.example", NULL, 200},
    };
    double_set(&(struct double_script){.sdp = "v=0"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch(rows[i].method, rows[i].path, rows[i].headers, rows[i].body);
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        if (rows[i].status == 421) {
            check_problem(&reply, "Misdirected Request");
            CU_ASSERT_PTR_NOT_NULL(strstr(reply.body, "http.names"));
        }
        reply_free(&reply);
    }
}

static void tokens_guard_all_but_pages_and_probes(void)
{
    static const struct {
        const char *method, *path, *headers, *body;
        long status;
    } rows[] = {
        {"POST", "/whip/lobby", SDP, "v=0", 401},
        {"POST", "/whip/lobby", SDP "\nAuthorization: Bearer wrong", "v=0", 401},
        {"POST", "/whip/lobby", SDP "\nAuthorization: Bearer secret", "v=0", 201},
        {"DELETE", "/whep/lobby/x", NULL, NULL, 401},
        {"GET", "/v1/status", NULL, NULL, 401},
        {"GET", "/v1/status?token=secret", NULL, NULL, 401},
        {"GET", "/v1/status", "Authorization: Bearer secret", NULL, 200},
        {"GET", "/metrics", NULL, NULL, 401},
        {"HEAD", "/metrics", NULL, NULL, 401},
        {"OPTIONS", "/whip/lobby", NULL, NULL, 200},
        {"GET", "/healthz", NULL, NULL, 200},
        {"GET", "/readyz", NULL, NULL, 200},
        {"GET", "/", NULL, NULL, 200},
        {"GET", "/demo/", NULL, NULL, 200},
        {"GET", "/openapi.yaml", NULL, NULL, 200},
    };
    fixture_stop();
    CU_ASSERT_EQUAL_FATAL(fixture_start("secret"), 0);
    double_set(&(struct double_script){.sdp = "v=0"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch(rows[i].method, rows[i].path, rows[i].headers, rows[i].body);
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        if (reply.status == 401)
            CU_ASSERT_NSTRING_EQUAL(reply_header(&reply, "WWW-Authenticate"), "Bearer", 6);
        if (reply.status == 401 && strcmp(rows[i].method, "HEAD") != 0)
            check_problem(&reply, "Unauthorized");
        reply_free(&reply);
    }
}

// A browser shows no page an answer, and sends no PATCH for it, without these fields.
static void media_is_open_to_other_origins_and_operation_is_not(void)
{
    static const struct {
        const char *method, *path, *headers, *body, *origin, *methods;
    } rows[] = {
        {"OPTIONS", "/whip/lobby", NULL, NULL, "*", "POST, OPTIONS"},
        {"OPTIONS", "/whep/lobby/x", NULL, NULL, "*", "PATCH, DELETE, OPTIONS"},
        {"POST", "/whip/lobby", "Content-Type: text/plain", "v=0", "*", ""}, // refusals are shown, too
        {"GET", "/whep/lobby", NULL, NULL, "*", ""},
        {"OPTIONS", "/v1/status", NULL, NULL, "", ""},
        {"OPTIONS", "/v1/rooms/lobby", NULL, NULL, "", ""},
        {"OPTIONS", "/v1/workers/0", NULL, NULL, "", ""},
        {"OPTIONS", "/v1/shards/0", NULL, NULL, "", ""},
        {"PATCH", "/v1/status", "Content-Type: application/merge-patch+json", "{\"draining\": true}", "", ""},
        {"OPTIONS", "/v1/peers", NULL, NULL, "*", "POST, OPTIONS"},
        {"POST", "/v1/peers", "Content-Type: application/json", "{}", "*", ""},
        {"GET", "/v1/peers", NULL, NULL, "", ""}, // all there are
        {"PUT", "/v1/peers", NULL, NULL, "*", ""},
        {"OPTIONS", "/v1/peers/" ID, NULL, NULL, "*", "DELETE, OPTIONS"},
        {"GET", "/v1/peers/" ID, NULL, NULL, "", ""},
        {"OPTIONS", "/v1/peers/" ID "/remote-description", NULL, NULL, "*", "PUT, OPTIONS"},
        {"OPTIONS", "/v1/peers/" ID "/transceivers", NULL, NULL, "*", "GET, HEAD, POST, OPTIONS"},
        {"OPTIONS", "/v1/peers/" ID "/transceivers/0", NULL, NULL, "*", "PATCH, OPTIONS"},
        {"OPTIONS", "/v1/peers/" ID "/events", NULL, NULL, "*", "GET, HEAD, OPTIONS"},
        {"HEAD", "/v1/peers/" ID "/events", NULL, NULL, "*", ""},
        {"OPTIONS", "/v1/events", NULL, NULL, "", ""},
        {"GET", "/metrics", NULL, NULL, "", ""},
        {"GET", "/healthz", NULL, NULL, "", ""},
        {"GET", "/demo/", NULL, NULL, "", ""},
        {"GET", "/nothing", NULL, NULL, "", ""},
    };
    double_set(&(struct double_script){.sdp = "v=0"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = fetch(rows[i].method, rows[i].path, rows[i].headers, rows[i].body);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Origin"), rows[i].origin);
        CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Methods"), rows[i].methods);
        CU_ASSERT_EQUAL(*reply_header(&reply, "Access-Control-Expose-Headers") == 0, *rows[i].origin == 0);
        reply_free(&reply);
    }
}

static void cors_origin_is_configured(void)
{
    fixture_stop();
    struct config config = fixture_config(NULL);
    strcpy(config.http.cors_origin, "https://app.example");
    CU_ASSERT_EQUAL_FATAL(fixture_start_config(&config), 0);
    struct reply reply = fetch("DELETE", "/whip/lobby/x", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Origin"), "https://app.example");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Vary"), "Origin");
    reply_free(&reply);
    fixture_stop();
    config.http.cors_origin[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(fixture_start_config(&config), 0);
    reply = fetch("OPTIONS", "/whip/lobby", NULL, NULL);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Origin"), "");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Access-Control-Allow-Methods"), "");
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Allow"), "POST, OPTIONS");
    reply_free(&reply);
}

void refusals_suite(void);
void refusals_suite(void)
{
    CU_pSuite suite = CU_add_suite("refusals", fixture_open, fixture_stop);
    CU_add_test(suite, "other names are misdirected", other_names_are_misdirected);
    CU_add_test(suite, "gateway refusals have their status", gateway_refusals_have_their_status);
    CU_add_test(suite, "bodies are refused by type and size", bodies_are_refused_by_type_and_size);
    CU_add_test(suite, "unknown paths are not found", unknown_paths_are_not_found);
    CU_add_test(suite, "cut paths are refused", cut_paths_are_refused);
    CU_add_test(suite, "media is open to other origins and operation is not",
                media_is_open_to_other_origins_and_operation_is_not);
    CU_add_test(suite, "tokens guard all but pages and probes", tokens_guard_all_but_pages_and_probes);
    CU_add_test(suite, "CORS origin is configured", cors_origin_is_configured);
}
