// SPDX-License-Identifier: Apache-2.0
// Neighbour solicitations and advertisements (RFC 4861 4.3, 4.4) with their one option.
#pragma once

#include "port.h"

#define ND_MESSAGE_SIZE 32 // header, target, link-layer address option
#define ND_HOP_LIMIT    255

// Either message: the target, and the link-layer address of its option (zero: none). 0 or -EBADMSG.
int nd_parse(const uint8_t *data, size_t size, struct transport_address *ret_target, struct rte_ether_addr *ret_mac);

// ND_MESSAGE_SIZE bytes, checksum included, from the target to `remote`.
void nd_write_advertisement(uint8_t *data, const struct port *port, const struct transport_address *target,
                            const struct transport_address *remote);

// From the port's link-local address to the target's solicited-node group, which it also returns.
void nd_write_solicitation(uint8_t *data, const struct port *port, const uint8_t target[16],
                           struct transport_address *ret_group);
