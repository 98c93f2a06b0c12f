// SPDX-License-Identifier: Apache-2.0
#include "nd.h"

#include "frame.h"

#include <errno.h>
#include <netinet/icmp6.h>

#define OPTION_SOURCE 1
#define OPTION_TARGET 2

int nd_parse(const uint8_t *data, size_t size, struct transport_address *ret_target, struct rte_ether_addr *ret_mac)
{
    const size_t fixed = sizeof(struct nd_neighbor_solicit);
    struct rte_ether_addr mac = {0};
    if (size < fixed)
        return -EBADMSG;
    for (size_t at = fixed; at < size;) {
        size_t option = size - at >= 2 ? 8u * data[at + 1] : 0;
        if (option == 0 || option > size - at)
            return -EBADMSG;
        if ((data[at] == OPTION_SOURCE || data[at] == OPTION_TARGET) && option >= 8)
            memcpy(&mac, data + at + 2, sizeof(mac));
        at += option;
    }
    *ret_target = transport_address_ipv6(data + 8, 0);
    *ret_mac = mac;
    return 0;
}

static void write(uint8_t *data, uint8_t type, uint8_t flags, const uint8_t target[16], uint8_t option,
                  const struct port *port)
{
    memset(data, 0, ND_MESSAGE_SIZE);
    data[0] = type;
    data[4] = flags;
    memcpy(data + 8, target, 16);
    data[24] = option;
    data[25] = 1;
    memcpy(data + 26, port->mac.addr_bytes, RTE_ETHER_ADDR_LEN);
}

static void seal(uint8_t *data, const struct transport_address *from, const struct transport_address *to)
{
    uint16_t checksum = frame_checksum(from, to, IPPROTO_ICMPV6, data, ND_MESSAGE_SIZE);
    memcpy(data + 2, &checksum, sizeof(checksum));
}

void nd_write_advertisement(uint8_t *data, const struct port *port, const struct transport_address *target,
                            const struct transport_address *remote)
{
    uint8_t flags = remote->ip[0] == 0xff ? 0x20 : 0x60; // override; solicited but for who has no address yet
    write(data, ND_NEIGHBOR_ADVERT, flags, target->ip, OPTION_TARGET, port);
    seal(data, target, remote);
}

void nd_write_solicitation(uint8_t *data, const struct port *port, const uint8_t target[16],
                           struct transport_address *ret_group)
{
    uint8_t group[16] = {0xff, 0x02, [11] = 1, 0xff, target[13], target[14], target[15]};
    *ret_group = transport_address_ipv6(group, 0);
    write(data, ND_NEIGHBOR_SOLICIT, 0, target, OPTION_SOURCE, port);
    seal(data, &port->link_local, ret_group);
}
