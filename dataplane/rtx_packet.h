// SPDX-License-Identifier: Apache-2.0
// A kept packet on its way to one viewer, as RTX (RFC 4588 4).
#pragma once

#include "worker.h"

struct resend {
    uint32_t route;
    const uint8_t *data; // as the publisher sent it, plain
    size_t size;
    struct rtp_header rtp; // of it
    uint32_t timestamp;    // as the viewer knows it
    uint16_t sequence;
    uint8_t payload_type; // of the repair
};

// What the route makes of a packet that it sent as `number`. NACK_RESENT and *ret_resend; NACK_NOT_KEPT: it is of
// another source; NACK_UNKNOWN: the viewer does not take it.
enum nack_outcome rtx_packet_read(const struct worker *worker, uint32_t route, uint64_t number, const uint8_t *data,
                                  size_t size, struct resend *ret_resend);

// Makes the packet and hands it on from the node to `protect`, the edge to srtp_protect, unless there is a reason to
// drop it. NACK_RESENT, or NACK_NO_BUFFER.
enum nack_outcome rtx_packet_send(struct worker *worker, struct rte_graph *graph, struct rte_node *node,
                                  rte_edge_t protect, const struct resend *resend);
