// SPDX-License-Identifier: Apache-2.0
#include "tcp_link.h"

#include "byte_order.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRY  (100 * NS_PER_MS)
#define HEADER 2
#define LARGE  2048 // a packet that no peer of media sends

struct tcp_link *tcp_link_open(const struct socket_address *to, const char *bind)
{
    struct tcp_link *link = calloc(1, sizeof(*link));
    if (!link)
        return NULL;
    link->fd = -1;
    link->to = *to;
    link->bind = bind;
    return link;
}

void tcp_link_drop(struct tcp_link *link)
{
    if (link->fd < 0)
        return;
    close(link->fd);
    link->fd = -1;
    link->closes += link->connected;
    link->connected = false;
    link->in_used = link->out_used = 0;
}

void tcp_link_close(struct tcp_link *link)
{
    if (link)
        tcp_link_drop(link);
    free(link);
}

static void begin(struct tcp_link *link)
{
    struct socket_address local;
    int one = 1;
    link->fd = socket(link->to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return;
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (link->bind && !socket_address_set(link->bind, 0, &local))
        (void)bind(link->fd, &local.any, local.size);
    if (connect(link->fd, &link->to.any, link->to.size) && errno != EINPROGRESS)
        tcp_link_drop(link);
}

static bool has_connected(struct tcp_link *link)
{
    struct pollfd wait = {.fd = link->fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof(error);
    if (poll(&wait, 1, 0) <= 0)
        return false;
    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
        tcp_link_drop(link);
        return false;
    }
    return true;
}

static void flush(struct tcp_link *link)
{
    ssize_t sent = link->out_used ? send(link->fd, link->out, link->out_used, MSG_NOSIGNAL) : 0;
    if (sent < 0 && errno != EAGAIN)
        tcp_link_drop(link);
    if (sent <= 0)
        return;
    link->out_used -= (size_t)sent;
    memmove(link->out, link->out + sent, link->out_used);
}

bool tcp_link_send(struct tcp_link *link, const uint8_t *packet, size_t size)
{
    if (!link->connected || link->out_used + HEADER + size > sizeof(link->out))
        return false;
    write16(link->out + link->out_used, (uint16_t)size);
    memcpy(link->out + link->out_used + HEADER, packet, size);
    link->out_used += HEADER + size;
    flush(link);
    return true;
}

static void hand_on(struct tcp_link *link, tcp_link_take_fn take, void *context)
{
    uint8_t packet[LARGE] __attribute__((aligned(8)));
    size_t at = 0;
    while (link->in_used - at >= HEADER) {
        size_t size = read16(link->in + at);
        if (size > sizeof(packet)) {
            tcp_link_drop(link);
            return;
        }
        if (link->in_used - at < HEADER + size)
            break;
        memcpy(packet, link->in + at + HEADER, size);
        at += HEADER + size;
        take(context, packet, size);
    }
    link->in_used -= at;
    memmove(link->in, link->in + at, link->in_used);
}

static void read_all(struct tcp_link *link, tcp_link_take_fn take, void *context)
{
    for (int i = 0; i < 16 && link->connected; i++) {
        ssize_t size = recv(link->fd, link->in + link->in_used, sizeof(link->in) - link->in_used, 0);
        if (size < 0 && errno == EAGAIN)
            return;
        if (size <= 0) {
            tcp_link_drop(link);
            return;
        }
        link->in_used += (size_t)size;
        hand_on(link, take, context);
    }
}

bool tcp_link_tick(struct tcp_link *link, uint64_t now, tcp_link_take_fn take, void *context)
{
    if (link->connected) {
        flush(link);
        read_all(link, take, context);
        return false;
    }
    if (link->fd < 0 && now >= link->next_try_ns) {
        link->next_try_ns = now + RETRY;
        begin(link);
    }
    if (link->fd < 0 || !has_connected(link))
        return false;
    link->connected = true;
    link->connected_ns = now;
    link->connects++;
    return true;
}
