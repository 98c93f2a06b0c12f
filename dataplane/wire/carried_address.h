// SPDX-License-Identifier: Apache-2.0
// A TCP connection of naru-control's (RFC 6544) as the remote address of a path: in the discard prefix (RFC 6666),
// whose addresses no packet on a wire has. Plain data of a process that may be gone: it names at most one connection,
// ever.
#pragma once

#include "address.h"
#include "bytes.h"

struct carried_address {
    uint32_t epoch;  // of the naru-control that accepted it
    uint32_t serial; // of its connections
    uint16_t place;  // in its table
};

static inline bool transport_address_is_carried(const struct transport_address *address)
{
    static const uint8_t discard[8] = {1}; // 100::/64
    return memcmp(address->ip, discard, sizeof(discard)) == 0;
}

static inline struct transport_address carried_address_write(const struct carried_address *carried)
{
    struct transport_address address = {.ip = {1}, .port = (uint16_t)(carried->place + 1)}; // port 0 is nobody's
    bytes_put32(address.ip + 8, carried->epoch);
    bytes_put32(address.ip + 12, carried->serial);
    return address;
}

// Of an address that is carried.
static inline struct carried_address carried_address_read(const struct transport_address *address)
{
    return (struct carried_address){bytes_get32(address->ip + 8), bytes_get32(address->ip + 12),
                                    (uint16_t)(address->port - 1)};
}
