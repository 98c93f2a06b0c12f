// SPDX-License-Identifier: Apache-2.0
// UDP endpoints: text <-> sockaddr, non-blocking sockets.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct socket_address {
    socklen_t size; // 0: unset
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

#define SOCKET_TEXT_SIZE 64

// Takes a literal address, no names. -EINVAL otherwise.
int socket_address_set(const char *host, uint16_t port, struct socket_address *ret_address);
// "1.2.3.4:5" or "[::1]:5".
int socket_address_parse(const char *text, struct socket_address *ret_address);
bool socket_address_equal(const struct socket_address *a, const struct socket_address *b);
uint16_t socket_address_port(const struct socket_address *address);
const char *socket_address_host(const struct socket_address *address, char text[SOCKET_TEXT_SIZE]);
const char *socket_address_text(const struct socket_address *address, char text[SOCKET_TEXT_SIZE]);
// A bound, non-blocking UDP socket. bind_host NULL: any address. ret_local: the bound address, any replaced by one
// of this host's own.
int socket_open(int family, const char *bind_host, int *ret_fd, struct socket_address *ret_local);
