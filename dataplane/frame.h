// SPDX-License-Identifier: Apache-2.0
// What goes in front of a payload on its way out, and the Internet checksum (RFC 1071).
#pragma once

#include "packet.h"
#include "port.h"

#include <netinet/in.h>

#define FRAME_HOP_LIMIT 64

// Ethernet, with the port's VLAN. 0 or -ENOBUFS (no headroom).
int frame_prepend(const struct port *port, struct rte_mbuf *mbuf, const struct rte_ether_addr *to, uint16_t type);

// IP of the packet's family, from packet->local to packet->remote, and Ethernet back to the station it came from.
int frame_prepend_ip(struct rte_mbuf *mbuf, uint8_t protocol, uint8_t hop_limit);

// IP alone; the checksum of the IPv4 header is written.
int frame_write_ip(struct rte_mbuf *mbuf, const struct transport_address *from, const struct transport_address *to,
                   uint8_t protocol, uint8_t hop_limit);

// Over pseudo-header and data; 0 when a received sum is right. In memory order, ready to be stored.
uint16_t frame_checksum(const struct transport_address *from, const struct transport_address *to, uint8_t protocol,
                        const uint8_t *data, size_t size);

// The same of UDP, with both IP addresses as they stand in the packet: 8 bytes or 32.
uint16_t frame_checksum_received(const uint8_t *addresses, size_t address_bytes, const uint8_t *udp, size_t size);

// The part of it that the pseudo-header makes, folded: what a device wants to find in the field.
uint16_t frame_pseudo_checksum(const struct transport_address *from, const struct transport_address *to,
                               uint8_t protocol, size_t size);
