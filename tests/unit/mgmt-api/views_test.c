// SPDX-License-Identifier: Apache-2.0
// The JSON views of one known snapshot.
#include "http_fixture.h"
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static json_t *get(const char *path, long status)
{
    struct reply reply = fetch("GET", path, NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, status);
    json_t *json = reply_json(&reply);
    CU_ASSERT_PTR_NOT_NULL(json);
    reply_free(&reply);
    return json;
}

static long long number(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    CU_ASSERT_TRUE(json_is_integer(value));
    return json_integer_value(value);
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    CU_ASSERT_PTR_NOT_NULL(value);
    return value ? value : "";
}

static void status_shows_the_gateway(void)
{
    json_t *json = get("/v1/status", 200), *sessions = json_object_get(json, "sessions");
    CU_ASSERT_STRING_EQUAL(text(json, "name"), "test \"gateway\"");
    CU_ASSERT_TRUE(json_is_true(json_object_get(json, "ready")));
    CU_ASSERT_EQUAL(number(sessions, "now"), 2);
    CU_ASSERT_EQUAL(number(sessions, "created"), 5);
    CU_ASSERT_EQUAL(number(json_object_get(sessions, "by_state"), "connected"), 1);
    CU_ASSERT_EQUAL(number(json_object_get(sessions, "by_state"), "new"), 0);
    const json_t *processes = json_object_get(json, "processes"), *dataplane = json_array_get(processes, 1);
    CU_ASSERT_EQUAL(json_array_size(processes), 2);
    CU_ASSERT_TRUE(json_is_null(json_object_get(json_array_get(processes, 0), "user")));
    CU_ASSERT_EQUAL(number(dataplane, "user"), 61200);
    CU_ASSERT_STRING_EQUAL(text(dataplane, "capabilities"), "net_raw");
    CU_ASSERT_STRING_EQUAL(text(dataplane, "system_calls"), "filtered");
    CU_ASSERT_TRUE(json_is_true(json_object_get(dataplane, "no_new_privileges")));
    CU_ASSERT_EQUAL(number(dataplane, "locked_kb"), 4096);
    CU_ASSERT_EQUAL(number(json_array_get(json_object_get(json, "ports"), 0), "received_packets"), 2000);
    json_decref(json);
}

static void rooms_list_their_sessions(void)
{
    json_t *json = get("/v1/rooms", 200);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "rooms")), 1);
    json_decref(json);
    json = get("/v1/rooms/lobby", 200);
    CU_ASSERT_STRING_EQUAL(text(json, "name"), "lobby");
    CU_ASSERT_EQUAL(number(json, "viewers"), 1);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "sessions")), 2);
    json_decref(json);
    json_decref(get("/v1/rooms/none", 404));
}

static void peers_show_state_reason_and_streams(void)
{
    json_t *json = get("/v1/peers", 200);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "peers")), 2);
    json_decref(json);
    json = get("/v1/peers/fedcba9876543210fedcba9876543210", 200);
    CU_ASSERT_STRING_EQUAL(text(json, "role"), "viewer");
    CU_ASSERT_STRING_EQUAL(text(json, "state"), "failed");
    CU_ASSERT_STRING_EQUAL(text(json, "reason"), "the certificate is not the one that was signalled");
    json_t *stream = json_array_get(json_object_get(json, "streams"), 0);
    CU_ASSERT_EQUAL(number(stream, "ssrc"), 0xfeedbeef);
    CU_ASSERT_EQUAL(number(stream, "packets"), 12345678901);
    json_decref(json);
    json_decref(get("/v1/peers/none", 404));
}

static void a_resource_is_found_by_its_index(void)
{
    json_t *json = get("/v1/workers/1", 200);
    CU_ASSERT_EQUAL(number(json, "cpu"), 3);
    CU_ASSERT_TRUE(json_is_true(json_object_get(json, "draining")));
    json_decref(json);
    json = get("/v1/shards", 200);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "shards")), 2);
    json_decref(json);
    json = get("/v1/shards/1", 200);
    CU_ASSERT_EQUAL(number(json, "first_port"), 16640);
    CU_ASSERT_EQUAL(number(json, "sessions"), 2);
    json_decref(json);
    static const char *const nowhere[] = {"/v1/shards/2", "/v1/shards/-1", "/v1/shards/1x", "/v1/workers/2",
                                          "/v1/workers/99999999999999999999"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        json_decref(get(nowhere[i], 404));
}

static void a_patch_says_what_is_to_change_and_no_more(void)
{
    static const struct {
        const char *path, *type, *body;
        long status;
    } rows[] = {
        {"/v1/shards/1", "application/merge-patch+json", "{\"draining\": true}", 200},
        {"/v1/shards/1", "application/merge-patch+json", "{}", 200},
        {"/v1/shards/1", "application/merge-patch+json", "{\"draining\": 1}", 400},
        {"/v1/shards/1", "application/merge-patch+json", "{\"drainnig\": true}", 400},
        {"/v1/shards/1", "application/merge-patch+json", "{\"worker\": 1}", 200},
        {"/v1/shards/1", "application/merge-patch+json", "{\"worker\": -2}", 400},
        {"/v1/workers/1", "application/merge-patch+json", "{\"worker\": 1}", 400},
        {"/v1/shards/1", "application/merge-patch+json", "[]", 400},
        {"/v1/shards/1", "application/merge-patch+json", "{", 400},
        {"/v1/shards/1", "application/json", "{\"draining\": true}", 415},
        {"/v1/shards/one", "application/merge-patch+json", "{\"draining\": true}", 404},
        {"/v1/workers/0", "application/merge-patch+json", "{\"draining\": false}", 200},
        {"/v1/rooms/lobby", "application/merge-patch+json", "{\"draining\": true}", 200},
        {"/v1/status", "application/merge-patch+json", "{\"draining\": true}", 200},
        {"/v1/peers", "application/merge-patch+json", "{\"draining\": true}", 405},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char type[64];
        snprintf(type, sizeof type, "Content-Type: %s", rows[i].type);
        struct reply reply = fetch("PATCH", rows[i].path, type, rows[i].body);
        if (reply.status != rows[i].status)
            printf("%s %s: %ld %s\n", rows[i].path, rows[i].body, reply.status, reply.body);
        CU_ASSERT_EQUAL(reply.status, rows[i].status);
        reply_free(&reply);
    }
}

static void workers_show_cycles_per_packet(void)
{
    json_t *json = get("/v1/workers", 200), *workers = json_object_get(json, "workers");
    CU_ASSERT_EQUAL(json_array_size(workers), 2);
    json_t *worker = json_array_get(workers, 1);
    CU_ASSERT_EQUAL(number(worker, "cpu"), 3);
    CU_ASSERT_TRUE(json_is_false(json_object_get(worker, "alive")));
    CU_ASSERT_EQUAL(number(worker, "dropped"), 10);
    json_t *node = json_array_get(json_object_get(worker, "nodes"), 0);
    CU_ASSERT_EQUAL(json_real_value(json_object_get(node, "cycles_per_packet")), 100.0);
    json_decref(json);
}

// Received + created = sent + consumed + dropped, and what is under way.
static void drops_account_for_every_packet(void)
{
    json_t *json = get("/v1/drops", 200), *total = json_object_get(json, "total");
    CU_ASSERT_EQUAL(number(total, "received") + number(total, "created"),
                    number(total, "sent") + number(total, "consumed") + number(total, "dropped") +
                        number(total, "balance"));
    CU_ASSERT_EQUAL(number(total, "dropped"), 20);
    json_t *reason = json_array_get(json_object_get(json, "dropped"), 0);
    CU_ASSERT_STRING_EQUAL(text(reason, "name"), "srtp_unprotect_replayed");
    CU_ASSERT_STRING_EQUAL(text(reason, "help"), "A packet that came before.");
    CU_ASSERT_EQUAL(number(reason, "packets"), 14);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(reason, "workers")), 2);
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json, "workers")), 2);
    json_decref(json);
}

static void probes_say_what_they_know(void)
{
    struct reply reply = fetch("GET", "/healthz", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(reply.body, "alive\n");
    reply_free(&reply);
    reply = fetch("GET", "/readyz", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    reply_free(&reply);
    double_set_ready(false, "the dataplane does not answer");
    json_t *json = get("/readyz", 503);
    CU_ASSERT_STRING_EQUAL(text(json, "detail"), "the dataplane does not answer");
    json_decref(json);
    double_set_ready(true, "");
    reply = fetch("HEAD", "/readyz", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 200);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Content-Length"), "6");
    CU_ASSERT_EQUAL(reply.length, 0);
    reply_free(&reply);
}

static void a_gateway_that_refuses_is_reported(void)
{
    double_set(&(struct double_script){.status = GATEWAY_OVERLOADED, .detail = "busy", .retry_after = 3});
    json_decref(get("/v1/status", 503));
    double_set(&(struct double_script){0});
}

void views_suite(void);
void views_suite(void)
{
    CU_pSuite suite = CU_add_suite("views", fixture_open, fixture_stop);
    CU_add_test(suite, "status shows the gateway", status_shows_the_gateway);
    CU_add_test(suite, "rooms list their sessions", rooms_list_their_sessions);
    CU_add_test(suite, "peers show state, reason and streams", peers_show_state_reason_and_streams);
    CU_add_test(suite, "a resource is found by its index", a_resource_is_found_by_its_index);
    CU_add_test(suite, "a patch says what is to change and no more", a_patch_says_what_is_to_change_and_no_more);
    CU_add_test(suite, "workers show cycles per packet", workers_show_cycles_per_packet);
    CU_add_test(suite, "drops account for every packet", drops_account_for_every_packet);
    CU_add_test(suite, "probes say what they know", probes_say_what_they_know);
    CU_add_test(suite, "a gateway that refuses is reported", a_gateway_that_refuses_is_reported);
}
