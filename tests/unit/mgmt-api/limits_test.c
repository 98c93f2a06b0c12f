// SPDX-License-Identifier: Apache-2.0
// Peers that are slow, large, many or no HTTP clients at all: none may hold the server or crash it.
#include "http_fixture.h"
#include "raw_client.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool is_alive(void)
{
    struct reply reply = fetch("GET", "/healthz", NULL, NULL);
    bool result = reply.status == 200;
    reply_free(&reply);
    return result;
}

// Sends a byte each half second; returns after how many seconds the server had enough.
static double slow_send(const char *first, const char *rest)
{
    int fd = raw_connect();
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    raw_send(fd, first);
    double seconds = 0;
    for (char byte[2] = ""; seconds < 15; rest += rest[1] ? 1 : 0) {
        byte[0] = rest[0];
        usleep(500000);
        raw_send(fd, byte);
        char buffer[1024];
        ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        clock_gettime(CLOCK_MONOTONIC, &now);
        seconds = (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
        if (got == 0 || (got > 0 && strstr(buffer, "408")))
            break;
        if (got < 0 && errno != EAGAIN)
            break;
    }
    close(fd);
    return seconds;
}

static void slow_headers_are_cut_off(void)
{
    double seconds = slow_send("GET /healthz HTTP/1.1\r\n", "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    CU_ASSERT(seconds > 3 && seconds < 8);
    CU_ASSERT_TRUE(is_alive());
}

static void slow_bodies_are_cut_off(void)
{
    double seconds = slow_send("POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\n"
                               "Content-Length: 1000\r\n\r\n",
                               "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv");
    CU_ASSERT(seconds > 3 && seconds < 8);
    CU_ASSERT_TRUE(is_alive());
}

static void malformed_requests_are_refused(void)
{
    static const struct {
        const char *text;
        unsigned status; // 0: closed without an answer
    } rows[] = {
        {"\r\n\r\n", 0},
        {"nonsense\r\n\r\n", 403},
        {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 403},
        {"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n", 0},
        {"POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\n\r\n", 411},
        {"POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: "
         "-5\r\n\r\nv=0",
         400},
        {"POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n"
         "Content-Length: 4\r\n\r\nv=0",
         400},
        {"POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nTransfer-Encoding: "
         "chunked\r\n\r\n"
         "3\r\nv=0\r\n0\r\n\r\n",
         411},
        {"POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: "
         "99999999999\r\n\r\n",
         413},
        {"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
         400},
        {"GET /v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
         "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
         400},
        {"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 403},
        {"GET /healthz HTTP/1.0\r\n\r\n", 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned status = raw_status(rows[i].text);
        if (status != rows[i].status)
            printf("row %zu: %u instead of %u\n", i, status, rows[i].status);
        CU_ASSERT_EQUAL(status, rows[i].status);
        CU_ASSERT_TRUE(is_alive());
    }
}

static void large_headers_are_refused(void)
{
    static char request[40000];
    strcpy(request, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: ");
    memset(request + strlen(request), 'x', 20000);
    strcat(request, "\r\n\r\n");
    unsigned status = raw_status(request);
    CU_ASSERT(status == 431 || status == 0);
    CU_ASSERT_TRUE(is_alive());
    static char value[4000] = "Authorization: Bearer ";
    memset(value + strlen(value), 'x', 3000);
    struct reply reply = fetch("GET", "/healthz", value, NULL);
    CU_ASSERT_EQUAL(reply.status, 431);
    reply_free(&reply);
}

static void pipelined_requests_are_answered_in_order(void)
{
    char buffer[16384];
    int closed, fd = raw_connect();
    double_set(&(struct double_script){.sdp = "v=0 answer"});
    raw_send(
        fd,
        "POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0"
        "GET /v1/rooms HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    raw_read(fd, buffer, sizeof buffer, 3, &closed);
    close(fd);
    const char *first = strstr(buffer, "201 Created"), *second = strstr(buffer, "\"rooms\""),
               *third = strstr(buffer, "404 Not Found"), *fourth = strstr(buffer, "alive");
    CU_ASSERT(first && second && third && fourth && first < second && second < third && third < fourth);
    CU_ASSERT_TRUE(closed);
    double_set(&(struct double_script){0});
}

static void a_connection_serves_many_requests(void)
{
    char buffer[4096];
    int closed, fd = raw_connect();
    for (unsigned i = 0; i < 20; i++) {
        raw_send(
            fd,
            "POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
        raw_send(fd, "12345GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        buffer[0] = '\0';
        for (unsigned tries = 0; tries < 200 && !strstr(buffer, "alive"); tries++) {
            ssize_t got = recv(fd, buffer + strlen(buffer), sizeof buffer - 1 - strlen(buffer), MSG_DONTWAIT);
            if (got <= 0)
                usleep(5000);
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(buffer, "415 "));
        CU_ASSERT_PTR_NOT_NULL(strstr(buffer, "alive"));
        memset(buffer, 0, sizeof buffer);
    }
    raw_read(fd, buffer, sizeof buffer, 0, &closed);
    CU_ASSERT_FALSE(closed);
    close(fd);
}

#define MANY 100

static void many_connections_are_served_at_once(void)
{
    int fds[MANY];
    double_set(&(struct double_script){.sdp = "v=0 answer"});
    double_hold(true);
    for (unsigned i = 0; i < MANY; i++) {
        fds[i] = raw_connect();
        raw_send(fds[i], "POST /whip/lobby HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\n"
                         "Connection: close\r\nContent-Length: 3\r\n\r\nv=0");
    }
    CU_ASSERT_EQUAL(double_wait_held(MANY), MANY); // none is held up by another
    CU_ASSERT_TRUE(is_alive());
    double_hold(false);
    for (unsigned i = 0; i < MANY; i++) {
        char buffer[4096];
        int closed;
        raw_read(fds[i], buffer, sizeof buffer, 3, &closed);
        CU_ASSERT_NSTRING_EQUAL(buffer, "HTTP/1.1 201", 12);
        close(fds[i]);
    }
    double_set(&(struct double_script){0});
}

// Four are let in, and the sixth is not.
static void try_limits(unsigned total, unsigned per_source)
{
    fixture_stop();
    struct config config = fixture_config(NULL);
    config.limits.http_connections = total;
    config.limits.http_connections_per_source = per_source;
    CU_ASSERT_EQUAL_FATAL(fixture_start_config(&config), 0);
    int fds[6], closed;
    char buffer[1024];
    for (unsigned i = 0; i < 6; i++)
        fds[i] = raw_connect();
    raw_send(fds[0], "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    raw_read(fds[0], buffer, sizeof buffer, 2, &closed);
    CU_ASSERT_NSTRING_EQUAL(buffer, "HTTP/1.1 200", 12);
    CU_ASSERT_EQUAL(raw_read(fds[5], buffer, sizeof buffer, 2, &closed), 0);
    CU_ASSERT_TRUE(closed);
    for (unsigned i = 0; i < 6; i++)
        close(fds[i]);
    usleep(300000);
    CU_ASSERT_TRUE(is_alive()); // places are given back
    struct reply metrics = fetch("GET", "/metrics", NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(metrics.body, total == 4
                                                    ? "naru_http_connections_refused_total{limit=\"total\"} 2"
                                                    : "naru_http_connections_refused_total{limit=\"source\"} 2"));
    reply_free(&metrics);
}

static void connections_are_limited(void)
{
    try_limits(4, 100);
}

static void connections_of_one_source_are_limited(void)
{
    try_limits(100, 4);
}

void limits_suite(void);
void limits_suite(void)
{
    CU_pSuite suite = CU_add_suite("limits", fixture_open, fixture_stop);
    CU_add_test(suite, "malformed requests are refused", malformed_requests_are_refused);
    CU_add_test(suite, "large headers are refused", large_headers_are_refused);
    CU_add_test(suite, "pipelined requests are answered in order", pipelined_requests_are_answered_in_order);
    CU_add_test(suite, "a connection serves many requests", a_connection_serves_many_requests);
    CU_add_test(suite, "many connections are served at once", many_connections_are_served_at_once);
    CU_add_test(suite, "slow headers are cut off", slow_headers_are_cut_off);
    CU_add_test(suite, "slow bodies are cut off", slow_bodies_are_cut_off);
    CU_add_test(suite, "connections are limited", connections_are_limited);
    CU_add_test(suite, "connections of one source are limited", connections_of_one_source_are_limited);
}
