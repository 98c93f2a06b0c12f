// SPDX-License-Identifier: Apache-2.0
// Source addresses that no host of the network has.
#pragma once

#include "carried_address.h"
#include "port.h"

#include <string.h>

// RFC 1122 3.2.1.3 and RFC 4291 2.5.2, 2.5.3, 2.7: no host's address, or the port's own; loopback over IPv4 only to a
// port that has it; RFC 6666: what stands for TCP peers.
static inline bool martian_has(const struct port *port, const struct transport_address *source,
                               const struct transport_address *target)
{
    static const uint8_t loopback[16] = {[15] = 1};
    if (transport_address_is_ipv4(source)) {
        uint8_t first = source->ip[12];
        return first == 0 || first >= 224 || (first == 127 && target->ip[12] != 127) || port_has_address(port, source);
    }
    return source->ip[0] == 0xff || transport_address_is_carried(source) ||
           memcmp(source->ip, loopback, sizeof(loopback)) == 0 || transport_address_is_none(source) ||
           port_has_address(port, source);
}
