// SPDX-License-Identifier: Apache-2.0
#include "tcp_listeners.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

static socklen_t name_of(const struct config *config, unsigned index, struct sockaddr_storage *ret_name)
{
    const struct config_address *address = &config->ice.tcp_listen.item[index];
    memset(ret_name, 0, sizeof(*ret_name));
    if (address->family == AF_INET) {
        struct sockaddr_in *name = (struct sockaddr_in *)ret_name;
        *name = (struct sockaddr_in){AF_INET, htons((uint16_t)config->ice.tcp_port), address->v4, {0}};
        return sizeof(*name);
    }
    struct sockaddr_in6 *name = (struct sockaddr_in6 *)ret_name;
    *name = (struct sockaddr_in6){
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)config->ice.tcp_port), .sin6_addr = address->v6};
    return sizeof(*name);
}

static int listen_on(const struct sockaddr_storage *name, socklen_t size)
{
    const int one = 1;
    int fd = socket(name->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (name->ss_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
    if (!bind(fd, (const struct sockaddr *)name, size) && !listen(fd, BACKLOG))
        return fd;
    close(fd);
    return -1;
}

static bool is_at(int fd, const struct sockaddr_storage *wanted, socklen_t size)
{
    struct sockaddr_storage name;
    socklen_t name_size = sizeof(name);
    memset(&name, 0, sizeof(name));
    return !getsockname(fd, (struct sockaddr *)&name, &name_size) && name_size == size && !memcmp(&name, wanted, size);
}

static int open_one(const struct config *config, unsigned index, struct descriptor_store *store)
{
    char label[NOTIFY_NAME_SIZE];
    struct sockaddr_storage name;
    socklen_t size = name_of(config, index, &name);
    snprintf(label, sizeof(label), "tcp-listener-%u", index);
    int kept = store_find(store, label);
    if (kept >= 0 && is_at(kept, &name, size))
        return fcntl(kept, F_DUPFD_CLOEXEC, 3);
    if (kept >= 0)
        store_forget(store, label);
    int fd = listen_on(&name, size);
    if (fd >= 0)
        (void)store_keep(store, label, fd); // without it only the supervisor's own end would be felt
    return fd;
}

void tcp_listeners_open(const struct config *config, struct descriptor_store *store,
                        struct tcp_listeners *ret_listeners)
{
    ret_listeners->count = 0;
    for (unsigned i = 0; i < config->ice.tcp_listen.count; i++) {
        int fd = open_one(config, i, store);
        if (fd >= 0)
            ret_listeners->fds[ret_listeners->count++] = fd;
    }
}

void tcp_listeners_close(struct tcp_listeners *listeners)
{
    for (unsigned i = 0; i < listeners->count; i++)
        close(listeners->fds[i]);
    listeners->count = 0;
}
