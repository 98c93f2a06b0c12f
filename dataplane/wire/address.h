// SPDX-License-Identifier: Apache-2.0
// An IP address and a port. Plain data without padding: memcmp compares it, and it may lie in shared memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

// IPv4 is kept as ::ffff:a.b.c.d. All zero: no address.
struct transport_address {
    uint8_t ip[16];
    uint16_t port; // host order
};
_Static_assert(sizeof(struct transport_address) == 18, "no padding: memcmp compares addresses");

struct transport_address transport_address_ipv4(const uint8_t ip[4], uint16_t port);
// For the packet path: in place and in whole words, so that a copy does not wait for its parts.
static inline void transport_address_set_ipv4(struct transport_address *address, const uint8_t ip[4])
{
    const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memcpy(address->ip, mapped, sizeof(mapped));
    memcpy(address->ip + sizeof(mapped), ip, 4);
    address->port = 0;
}

struct transport_address transport_address_ipv6(const uint8_t ip[16], uint16_t port);

static inline bool transport_address_is_ipv4(const struct transport_address *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address->ip, mapped, sizeof(mapped)) == 0;
}

static inline int transport_address_compare(const struct transport_address *a, const struct transport_address *b)
{
    return memcmp(a, b, sizeof(*a));
}

static inline bool transport_address_equal(const struct transport_address *a, const struct transport_address *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool transport_address_is_none(const struct transport_address *address)
{
    static const struct transport_address none;
    return memcmp(address, &none, sizeof(none)) == 0;
}

// Writes "192.0.2.1:5000" or "[2001:db8::1]:5000" with a terminator; returns its length or -ENOSPC.
// TRANSPORT_ADDRESS_TEXT_MAX is always enough.
int transport_address_format(const struct transport_address *address, char *text, size_t capacity);

// Writes the address alone, without brackets or port.
int transport_address_format_ip(const struct transport_address *address, char *text, size_t capacity);

// Reads what transport_address_format writes; the port may be left out (0), then brackets may be too. 0 or -EINVAL.
int transport_address_parse(const char *text, struct transport_address *ret_address);

// 0 or -EAFNOSUPPORT.
int transport_address_from_sockaddr(const struct sockaddr *from, struct transport_address *ret_address);

// AF_INET for IPv4, else AF_INET6. Returns the length of the socket address.
socklen_t transport_address_to_sockaddr(const struct transport_address *address, struct sockaddr_storage *ret_to);
