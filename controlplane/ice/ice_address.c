// SPDX-License-Identifier: Apache-2.0
#include "ice_address.h"

#define FIRST_FREE_PORT 1024

struct range {
    uint8_t prefix[16];
    uint8_t bits;
    enum ice_scope scope;
};

#define IPV4(a, b, c, d)                                                                                               \
    {                                                                                                                  \
        [10] = 0xff, [11] = 0xff, [12] = (a), [13] = (b), [14] = (c), [15] = (d)                                       \
    }

// The first that fits. RFC 6890, RFC 5735; all IPv4 stands as ::ffff:a.b.c.d.
static const struct range ranges[] = {
    {IPV4(0, 0, 0, 0), 96 + 8, ICE_SCOPE_NONE},
    {IPV4(10, 0, 0, 0), 96 + 8, ICE_SCOPE_PRIVATE},
    {IPV4(100, 64, 0, 0), 96 + 10, ICE_SCOPE_PRIVATE},
    {IPV4(127, 0, 0, 0), 96 + 8, ICE_SCOPE_LOOPBACK},
    {IPV4(169, 254, 0, 0), 96 + 16, ICE_SCOPE_LINK},
    {IPV4(172, 16, 0, 0), 96 + 12, ICE_SCOPE_PRIVATE},
    {IPV4(192, 168, 0, 0), 96 + 16, ICE_SCOPE_PRIVATE},
    {IPV4(224, 0, 0, 0), 96 + 3, ICE_SCOPE_NONE}, // multicast, reserved, broadcast
    {IPV4(0, 0, 0, 0), 96, ICE_SCOPE_PUBLIC},
    {{[15] = 1}, 128, ICE_SCOPE_LOOPBACK},
    {{0x20, 0x01, 0, 0}, 32, ICE_SCOPE_NONE}, // Teredo
    {{0x20, 0x02}, 16, ICE_SCOPE_NONE},       // 6to4
    {{0x20}, 3, ICE_SCOPE_PUBLIC},            // 2000::/3; NAT64 is outside
    {{0xfc}, 7, ICE_SCOPE_PRIVATE},
    {{0xfe, 0x80}, 10, ICE_SCOPE_LINK},
};

static bool is_in(const struct transport_address *address, const struct range *range)
{
    unsigned bytes = range->bits / 8, rest = range->bits % 8;
    if (memcmp(address->ip, range->prefix, bytes))
        return false;
    return !rest || !((address->ip[bytes] ^ range->prefix[bytes]) >> (8 - rest));
}

enum ice_scope ice_scope_of(const struct transport_address *address)
{
    for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (is_in(address, &ranges[i]))
            return ranges[i].scope;
    return ICE_SCOPE_NONE;
}

bool ice_may_check(const struct transport_address *known_as, const struct transport_address *remote)
{
    enum ice_scope scope = ice_scope_of(remote);
    bool is_web = remote->port == 80 || remote->port == 443;
    if (scope == ICE_SCOPE_NONE || transport_address_is_ipv4(known_as) != transport_address_is_ipv4(remote) ||
        memcmp(known_as->ip, remote->ip, sizeof(remote->ip)) == 0)
        return false;
    if (remote->port < FIRST_FREE_PORT && !(is_web && scope == ICE_SCOPE_PUBLIC))
        return false;
    return scope == ICE_SCOPE_PUBLIC || scope == ice_scope_of(known_as);
}
