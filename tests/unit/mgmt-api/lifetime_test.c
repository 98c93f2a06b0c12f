// SPDX-License-Identifier: Apache-2.0
// Requests that outlive their connection, their patience or their server.
#include "http_fixture.h"
#include "http_server.h"
#include "raw_client.h"
#include <arpa/inet.h>
#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define POST                                                                                                           \
    "POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0"

static bool is_alive(void)
{
    struct reply reply = fetch("GET", "/healthz", NULL, NULL);
    bool result = reply.status == 200;
    reply_free(&reply);
    return result;
}

static void reset(int fd)
{
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static unsigned wait_seen(enum gateway_operation operation, unsigned count)
{
    for (unsigned tries = 0; tries < 200 && double_seen(operation) < count; tries++)
        usleep(10000);
    return double_seen(operation);
}

// A client that went away never learns its session's URL: naru closes the session in its place.
static void a_client_that_leaves_leaves_no_session(void)
{
    unsigned before = double_seen(GATEWAY_CLOSE);
    double_set(&(struct double_script){.sdp = "v=0 answer"});
    double_hold(true);
    for (unsigned i = 0; i < 10; i++) {
        int fd = raw_connect();
        raw_send(fd, POST);
        CU_ASSERT_EQUAL(double_wait_held(i + 1), i + 1);
        if (i % 2)
            reset(fd);
        else
            close(fd);
    }
    usleep(100000);
    CU_ASSERT_TRUE(is_alive());
    double_hold(false);
    CU_ASSERT(wait_seen(GATEWAY_CLOSE, before + 5) >= before + 5); // after a close by FIN the answer may still be sent
    CU_ASSERT_TRUE(is_alive());
    double_set(&(struct double_script){0});
}

static void views_of_clients_that_left_are_freed(void)
{
    double_hold(true);
    int fd = raw_connect();
    raw_send(fd, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CU_ASSERT_EQUAL(double_wait_held(1), 1);
    reset(fd);
    usleep(100000);
    double_hold(false);
    CU_ASSERT_TRUE(is_alive());
}

// What the gateway is asked next is of the same peer, with the rights of the same token.
static void a_stream_of_events_goes_on(void)
{
    char text[4096];
    int is_closed, fd = raw_connect();
    unsigned before = double_seen(GATEWAY_PEER_EVENTS);
    raw_send(fd, "GET /v1/peers/0123456789abcdef0123456789abcdef/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CU_ASSERT(wait_seen(GATEWAY_PEER_EVENTS, before + 3) >= before + 3);
    double_hold(true);
    struct gateway_request last = double_last(text, sizeof text);
    CU_ASSERT_STRING_EQUAL(last.id, "0123456789abcdef0123456789abcdef");
    CU_ASSERT_TRUE(last.is_peer);
    CU_ASSERT_FALSE(last.peer.is_first);
    CU_ASSERT(raw_read(fd, text, sizeof text, 1, &is_closed) > 0);
    reset(fd);
    double_hold(false);
    CU_ASSERT_TRUE(is_alive());
}

static void a_gateway_that_is_silent_gives_503(void)
{
    double_hold(true);
    struct reply reply = fetch("GET", "/v1/status", NULL, NULL);
    CU_ASSERT_EQUAL(reply.status, 503);
    CU_ASSERT_STRING_EQUAL(reply_header(&reply, "Retry-After"), "10");
    reply_free(&reply);
    double_hold(false);
    CU_ASSERT_TRUE(is_alive());
}

// The gateway answers when the server is gone.
static void a_server_may_stop_with_requests_under_way(void)
{
    double_hold(true);
    int fds[5];
    for (unsigned i = 0; i < 5; i++) {
        fds[i] = raw_connect();
        raw_send(fds[i], POST);
    }
    CU_ASSERT_EQUAL(double_wait_held(5), 5);
    reset(fds[0]);
    fixture_stop_server();
    double_hold(false);
    for (unsigned i = 1; i < 5; i++)
        close(fds[i]);
    fixture_stop();
    CU_ASSERT_EQUAL(fixture_start(NULL), 0);
}

static void a_taken_port_is_reported(void)
{
    struct config config = fixture_config(NULL);
    config.http.port = fixture_port();
    struct gateway gateway;
    struct http_server *second;
    CU_ASSERT_EQUAL(http_server_open(&gateway, &config, &second), -EADDRINUSE);
    config.http.listen.v4.s_addr = inet_addr("192.0.2.1");
    CU_ASSERT_EQUAL(http_server_open(&gateway, &config, &second), -EADDRNOTAVAIL);
    CU_ASSERT_TRUE(is_alive());
}

static void a_server_starts_and_stops_many_times(void)
{
    for (unsigned i = 0; i < 20; i++) {
        fixture_stop();
        CU_ASSERT_EQUAL_FATAL(fixture_start(NULL), 0);
        if (i % 5 == 0)
            CU_ASSERT_TRUE(is_alive());
    }
}

void lifetime_suite(void);
void lifetime_suite(void)
{
    CU_pSuite suite = CU_add_suite("lifetimes", fixture_open, fixture_stop);
    CU_add_test(suite, "a client that leaves leaves no session", a_client_that_leaves_leaves_no_session);
    CU_add_test(suite, "views of clients that left are freed", views_of_clients_that_left_are_freed);
    CU_add_test(suite, "a stream of events goes on", a_stream_of_events_goes_on);
    CU_add_test(suite, "a gateway that is silent gives 503", a_gateway_that_is_silent_gives_503);
    CU_add_test(suite, "a server may stop with requests under way", a_server_may_stop_with_requests_under_way);
    CU_add_test(suite, "a taken port is reported", a_taken_port_is_reported);
    CU_add_test(suite, "a server starts and stops many times", a_server_starts_and_stops_many_times);
}
