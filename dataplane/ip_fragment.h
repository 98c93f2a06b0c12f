// SPDX-License-Identifier: Apache-2.0
// IPv4 datagrams above the link's MTU, in pieces (RFC 791 2.3): what is left to do for a packet that lost its optional
// extensions already.
#pragma once

#include "worker.h"

#include <rte_ether.h>

// The mbuf begins with its IPv4 header and stays the caller's. Its pieces leave by the port's outbox, all or none of
// them. 0, or -errno: no buffers, or too long by far.
int ip_fragment_send(struct worker *worker, const struct port *port, struct rte_mbuf *mbuf,
                     const struct rte_ether_addr *station);
