// SPDX-License-Identifier: Apache-2.0
// One look at a frame: which five-tuple is the datagram from, and what is in it? Nothing is written to the packet.
#pragma once

#include "flow_cache.h"
#include "port.h"

#include <rte_mbuf.h>

struct glance {
    struct flow_tuple tuple;
    uint16_t headers, size; // of Ethernet, IP and UDP; of the datagram's payload
    uint8_t kind;           // enum demux_kind
};

// False: not a whole datagram in a plain UDP frame to this station; its IPv4 header may be wrong. The UDP checksum is
// not looked at.
bool glance_at(const struct port *port, const struct rte_mbuf *mbuf, struct glance *ret_glance);

// Of UDP, as the device or a sum says; the port may be told to trust it.
bool glance_has_good_checksum(const struct glance *glance, const struct port *port, const struct rte_mbuf *mbuf);

// False: an IPv6 host under an address that stands for an IPv4 one, or for a TCP peer, and would pass for it.
bool glance_addresses(const struct glance *glance, struct transport_address *ret_remote,
                      struct transport_address *ret_local);
