// SPDX-License-Identifier: Apache-2.0
#include "socket_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int socket_address_set(const char *host, uint16_t port, struct socket_address *ret_address)
{
    struct socket_address address = {0};
    if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
        address.size = sizeof(address.v4);
    } else if (inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
        address.size = sizeof(address.v6);
    } else {
        return -EINVAL;
    }
    *ret_address = address;
    return 0;
}

int socket_address_parse(const char *text, struct socket_address *ret_address)
{
    char host[SOCKET_TEXT_SIZE];
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text)
        return -EINVAL;
    size_t size = (size_t)(colon - text);
    if (text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    }
    char *end;
    long port = strtol(colon + 1, &end, 10);
    if (size >= sizeof(host) || *end || port < 1 || port > 65535)
        return -EINVAL;
    memcpy(host, text, size);
    host[size] = 0;
    return socket_address_set(host, (uint16_t)port, ret_address);
}

bool socket_address_equal(const struct socket_address *a, const struct socket_address *b)
{
    if (a->size != b->size || !a->size || a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->v6.sin6_port == b->v6.sin6_port && !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 16);
}

uint16_t socket_address_port(const struct socket_address *address)
{
    return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

const char *socket_address_host(const struct socket_address *address, char text[SOCKET_TEXT_SIZE])
{
    const void *bytes =
        address->any.sa_family == AF_INET ? (const void *)&address->v4.sin_addr : &address->v6.sin6_addr;
    if (!address->size || !inet_ntop(address->any.sa_family, bytes, text, SOCKET_TEXT_SIZE))
        strcpy(text, "none");
    return text;
}

const char *socket_address_text(const struct socket_address *address, char text[SOCKET_TEXT_SIZE])
{
    char host[SOCKET_TEXT_SIZE];
    if (!address->size)
        return strcpy(text, "none");
    socket_address_host(address, host);
    snprintf(text, SOCKET_TEXT_SIZE, address->any.sa_family == AF_INET ? "%.46s:%u" : "[%.46s]:%u", host,
             socket_address_port(address));
    return text;
}

// Loopback is only taken where the host has nothing else.
static void replace_any(struct socket_address *local)
{
    struct ifaddrs *list;
    uint16_t port = socket_address_port(local);
    socket_address_set(local->any.sa_family == AF_INET ? "127.0.0.1" : "::1", port, local);
    if (getifaddrs(&list))
        return;
    for (struct ifaddrs *i = list; i; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != local->any.sa_family || (i->ifa_flags & IFF_LOOPBACK))
            continue;
        struct socket_address found = {.size = local->size};
        memcpy(&found.any, i->ifa_addr, local->size);
        if (found.any.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&found.v6.sin6_addr))
            continue;
        if (found.any.sa_family == AF_INET)
            found.v4.sin_port = htons(port);
        else
            found.v6.sin6_port = htons(port);
        *local = found;
        break;
    }
    freeifaddrs(list);
}

static bool is_any(const struct socket_address *address)
{
    if (address->any.sa_family == AF_INET)
        return address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr);
}

int socket_open(int family, const char *bind_host, int *ret_fd, struct socket_address *ret_local)
{
    struct socket_address local;
    if (socket_address_set(bind_host ? bind_host : family == AF_INET ? "0.0.0.0" : "::", 0, &local))
        return -EINVAL;
    int fd = socket(local.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int bytes = 1 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (bind(fd, &local.any, local.size) || getsockname(fd, &local.any, &local.size)) {
        int error = -errno;
        close(fd);
        return error;
    }
    if (is_any(&local))
        replace_any(&local);
    *ret_fd = fd;
    *ret_local = local;
    return 0;
}
