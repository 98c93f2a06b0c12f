// SPDX-License-Identifier: Apache-2.0
#include "listen_address.h"
#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t fill(const struct config *config, struct sockaddr_storage *storage)
{
    const struct config_address *listen = &config->http.listen;
    *storage = (struct sockaddr_storage){.ss_family = (sa_family_t)listen->family};
    if (listen->family == AF_INET6) {
        struct sockaddr_in6 *address = (struct sockaddr_in6 *)storage;
        address->sin6_addr = listen->v6;
        address->sin6_port = htons((uint16_t)config->http.port);
        return sizeof *address;
    }
    struct sockaddr_in *address = (struct sockaddr_in *)storage;
    address->sin_addr = listen->v4;
    address->sin_port = htons((uint16_t)config->http.port);
    return sizeof *address;
}

static int try_bind(const struct sockaddr_storage *address, socklen_t size)
{
    int probe = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (probe < 0)
        return -errno;
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int result = bind(probe, (const struct sockaddr *)address, size) ? -errno : 0;
    close(probe);
    return result;
}

int listen_address_check(const struct config *config, char ret_address[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage address;
    socklen_t size = fill(config, &address);
    if (!inet_ntop(address.ss_family, &config->http.listen.v4, ret_address, INET6_ADDRSTRLEN))
        return -errno;
    int result = try_bind(&address, size);
    if (result || config->http.tls.certificate[0] == '\0')
        return result;
    return access(config->http.tls.certificate, R_OK) || access(config->http.tls.key, R_OK) ? -errno : 0;
}
