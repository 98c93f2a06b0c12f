// SPDX-License-Identifier: Apache-2.0
#include "peer_source.h"
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void peer_source_of(int socket, struct peer_source *ret_source)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    memset(ret_source, 0, sizeof *ret_source);
    if (getpeername(socket, (struct sockaddr *)&address, &size))
        return;
    if (address.ss_family == AF_INET) {
        memset(ret_source->prefix + 10, 0xff, 2);
        memcpy(ret_source->prefix + 12, &((struct sockaddr_in *)&address)->sin_addr, 4);
    } else if (address.ss_family == AF_INET6) {
        const struct in6_addr *ip = &((struct sockaddr_in6 *)&address)->sin6_addr;
        memcpy(ret_source->prefix, ip, IN6_IS_ADDR_V4MAPPED(ip) ? 16 : 8);
    }
}

bool peer_source_equal(const struct peer_source *a, const struct peer_source *b)
{
    return memcmp(a->prefix, b->prefix, sizeof a->prefix) == 0;
}
