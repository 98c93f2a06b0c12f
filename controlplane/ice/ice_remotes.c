// SPDX-License-Identifier: Apache-2.0
#include "ice_remotes.h"

#include <errno.h>
#include <strings.h>

#define HOST_PREFERENCE 126u // RFC 8445 5.1.2.2

static struct transport_address address_of(const struct config_address *from, uint16_t port)
{
    return from->family == AF_INET ? transport_address_ipv4((const uint8_t *)&from->v4, port)
                                   : transport_address_ipv6((const uint8_t *)&from->v6, port);
}

static const struct config_address *known_as(const struct config_port *port, const struct config_address *address)
{
    for (unsigned i = 0; i < port->advertise.count; i++)
        if (port->advertise.item[i].family == address->family)
            return &port->advertise.item[i];
    return address;
}

unsigned ice_locals_gather(const struct config *config, uint16_t udp_port, struct ice_local ret_locals[ICE_LOCALS_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < config->port_count; i++) {
        const struct config_port *port = &config->ports[i];
        for (unsigned k = 0; k < port->addresses.count && count < ICE_LOCALS_MAX; k++, count++)
            ret_locals[count] = (struct ice_local){
                .address = address_of(&port->addresses.item[k], udp_port),
                .known_as = address_of(known_as(port, &port->addresses.item[k]), udp_port),
                .device = i,
                .priority = HOST_PREFERENCE << 24 | (65535u - count) << 8 | 255u,
            };
    }
    return count;
}

int ice_remote_read(const struct sdp_candidate *candidate, struct ice_remote *ret_remote)
{
    if (strcasecmp(candidate->transport, "udp") || candidate->component != 1)
        return -EPROTONOSUPPORT;
    if (transport_address_parse(candidate->address, &ret_remote->address) || ret_remote->address.port)
        return -EINVAL;
    ret_remote->address.port = candidate->port;
    ret_remote->priority = candidate->priority;
    return 0;
}
