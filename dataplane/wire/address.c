// SPDX-License-Identifier: Apache-2.0
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"

struct transport_address transport_address_ipv4(const uint8_t ip[4], uint16_t port)
{
    struct transport_address address = {.ip = {[10] = 0xff, [11] = 0xff}, .port = port};
    memcpy(address.ip + 12, ip, 4);
    return address;
}

struct transport_address transport_address_ipv6(const uint8_t ip[16], uint16_t port)
{
    struct transport_address address = {.port = port};
    memcpy(address.ip, ip, 16);
    return address;
}

int transport_address_format_ip(const struct transport_address *address, char *text, size_t capacity)
{
    bool ipv4 = transport_address_is_ipv4(address);
    if (!inet_ntop(ipv4 ? AF_INET : AF_INET6, address->ip + (ipv4 ? 12 : 0), text, (socklen_t)capacity))
        return -ENOSPC;
    return (int)strlen(text);
}

int transport_address_format(const struct transport_address *address, char *text, size_t capacity)
{
    char ip[INET6_ADDRSTRLEN];
    transport_address_format_ip(address, ip, sizeof(ip));
    const char *format = transport_address_is_ipv4(address) ? "%s:%u" : "[%s]:%u";
    int length = snprintf(text, capacity, format, ip, address->port);
    return (size_t)length < capacity ? length : -ENOSPC;
}

static int parse_ip(const char *text, struct transport_address *address)
{
    uint8_t ip[16];
    if (inet_pton(AF_INET, text, ip) == 1) {
        *address = transport_address_ipv4(ip, 0);
        return 0;
    }
    if (inet_pton(AF_INET6, text, ip) == 1) {
        *address = transport_address_ipv6(ip, 0);
        return 0;
    }
    return -EINVAL;
}

static int parse_port(const char *text, uint16_t *port)
{
    unsigned value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits])
        return -EINVAL;
    for (const char *digit = text; *digit; digit++)
        value = value * 10 + (unsigned)(*digit - '0');
    if (value > UINT16_MAX)
        return -EINVAL;
    *port = (uint16_t)value;
    return 0;
}

// Where the text of the port starts, NULL if there is none; cuts the brackets off the address.
static char *split_port(char **address)
{
    if (**address == '[') {
        char *close = strchr(*address, ']');
        if (!close)
            return NULL;
        (*address)++;
        *close = '\0';
        return close[1] == ':' ? close + 2 : close[1] ? close : NULL;
    }
    char *colon = strchr(*address, ':');
    if (!colon || strchr(colon + 1, ':'))
        return NULL;
    *colon = '\0';
    return colon + 1;
}

int transport_address_parse(const char *text, struct transport_address *ret_address)
{
    char copy[TRANSPORT_ADDRESS_TEXT_MAX];
    if (strlen(text) >= sizeof(copy))
        return -EINVAL;
    char *ip = strcpy(copy, text);
    char *port = split_port(&ip);
    struct transport_address address;
    if (parse_ip(ip, &address) || (port && parse_port(port, &address.port)))
        return -EINVAL;
    *ret_address = address;
    return 0;
}

int transport_address_from_sockaddr(const struct sockaddr *from, struct transport_address *ret_address)
{
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        *ret_address = transport_address_ipv4((const uint8_t *)&in->sin_addr, ntohs(in->sin_port));
        return 0;
    }
    if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const void *)from;
        *ret_address = transport_address_ipv6(in->sin6_addr.s6_addr, ntohs(in->sin6_port));
        return 0;
    }
    return -EAFNOSUPPORT;
}

socklen_t transport_address_to_sockaddr(const struct transport_address *address, struct sockaddr_storage *ret_to)
{
    memset(ret_to, 0, sizeof(*ret_to));
    if (transport_address_is_ipv4(address)) {
        struct sockaddr_in *in = (void *)ret_to;
        in->sin_family = AF_INET;
        in->sin_port = htons(address->port);
        memcpy(&in->sin_addr, address->ip + 12, 4);
        return sizeof(*in);
    }
    struct sockaddr_in6 *in = (void *)ret_to;
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(address->port);
    memcpy(in->sin6_addr.s6_addr, address->ip, 16);
    return sizeof(*in);
}
