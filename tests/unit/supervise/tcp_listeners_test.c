// SPDX-License-Identifier: Apache-2.0
// Proves: the sockets of ice.tcp-listen are found again by a successor, and made anew where the configuration names
// other addresses.
#include "tcp_listeners.h"

#include "suites.h"

#include <arpa/inet.h>
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct config config;

static void listen_at(const char *address, unsigned port)
{
    config.ice.tcp_listen.count = 1;
    config.ice.tcp_listen.item[0].family = AF_INET;
    inet_pton(AF_INET, address, &config.ice.tcp_listen.item[0].v4);
    config.ice.tcp_port = port;
}

static unsigned port_of(int fd)
{
    struct sockaddr_in name;
    socklen_t size = sizeof(name);
    return getsockname(fd, (struct sockaddr *)&name, &size) ? 0 : ntohs(name.sin_port);
}

// A port that was free a moment ago.
static unsigned free_port(void)
{
    struct tcp_listeners listeners;
    struct descriptor_store nobody = {.socket = -1};
    listen_at("127.0.0.1", 0);
    tcp_listeners_open(&config, &nobody, &listeners);
    CU_ASSERT_EQUAL_FATAL(listeners.count, 1);
    unsigned port = port_of(listeners.fds[0]);
    tcp_listeners_close(&listeners);
    return port;
}

static bool is_heard(unsigned port)
{
    struct sockaddr_in name = {AF_INET, htons((uint16_t)port), {htonl(INADDR_LOOPBACK)}, {0}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool is_connected = !connect(fd, (struct sockaddr *)&name, sizeof(name));
    close(fd);
    return is_connected;
}

static void a_successor_finds_them(void)
{
    struct tcp_listeners first, second, third;
    struct descriptor_store store = {.socket = -1};
    unsigned port = free_port();
    listen_at("127.0.0.1", port);
    tcp_listeners_open(&config, &store, &first);
    CU_ASSERT_EQUAL_FATAL(first.count, 1);
    CU_ASSERT(is_heard(port));
    // As the keeper has it.
    store.count = 1;
    store.items[0].fd = fcntl(first.fds[0], F_DUPFD_CLOEXEC, 3);
    snprintf(store.items[0].name, sizeof(store.items[0].name), "tcp-listener-0");
    tcp_listeners_close(&first);
    CU_ASSERT(is_heard(port)); // nobody accepts, and nobody is refused
    tcp_listeners_open(&config, &store, &second);
    CU_ASSERT_EQUAL_FATAL(second.count, 1);
    CU_ASSERT_EQUAL(port_of(second.fds[0]), port);
    listen_at("127.0.0.2", port);
    tcp_listeners_open(&config, &store, &third);
    CU_ASSERT_EQUAL(third.count, 1);
    CU_ASSERT_EQUAL(store_find(&store, "tcp-listener-0"), -1); // what it kept was for another address
    tcp_listeners_close(&second);
    tcp_listeners_close(&third);
    CU_ASSERT_FALSE(is_heard(port));
}

static void what_cannot_be_had_is_left_out(void)
{
    struct tcp_listeners listeners;
    struct descriptor_store store = {.socket = -1};
    listen_at("192.0.2.1", 443); // of documentation
    tcp_listeners_open(&config, &store, &listeners);
    CU_ASSERT_EQUAL(listeners.count, 0);
}

void tcp_listeners_suite(void)
{
    CU_pSuite suite = CU_add_suite("tcp_listeners", NULL, NULL);
    CU_add_test(suite, "a successor finds them", a_successor_finds_them);
    CU_add_test(suite, "what cannot be had is left out", what_cannot_be_had_is_left_out);
}
