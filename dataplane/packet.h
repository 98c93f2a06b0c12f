// SPDX-License-Identifier: Apache-2.0
// What a packet carries from node to node: looked up once, kept in the mbuf's private area.
#pragma once

#include "address.h"
#include "drop_reasons.h"
#include "frame_template.h"
#include "packet_kinds.h"
#include "rtp.h"

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_graph.h>
#include <rte_mbuf.h>
#include <stdbool.h>

#define PACKET_NONE UINT32_MAX

// The first line is all that forwarding touches.
struct packet {
    _Alignas(RTE_CACHE_LINE_SIZE) uint16_t reason; // enum drop_reason, set with the edge to `drop`
    uint16_t port;                                 // device index: where it came from, or goes to
    uint8_t worker;                                // who owns its shard
    uint8_t unknown;                               // its five-tuple belongs to no transport
    uint8_t demux;                                 // enum demux_kind
    uint8_t path;                                  // of the transport
    uint32_t transport;                            // index, PACKET_NONE: unknown
    uint32_t stream;                               // index of the ingress stream
    uint32_t route;                                // index of the egress route
    uint8_t binding;                               // of the stream
    uint8_t consume;                               // enum consume_kind, set with the edge to `consume`
    uint16_t payload_length;                       // RTP: plaintext payload; header in `rtp`
    uint64_t index;                                // SRTP: ROC || SEQ
    struct rte_mbuf *source;                       // fan-out: the plaintext, alive until the walk has ended; or itself
    struct rtp_header rtp;

    uint64_t received_at;      // monotonic ns
    uint64_t extension_layout; // of rtp_extension_layout
    struct frame_head frame;   // its Ethernet, IP and UDP headers stand in front of it already, if there are any
    uint8_t hop_limit;         // IPv6, for ND
    struct rte_ether_addr remote_mac;
    uint32_t publisher; // fan-out: the transport that it came from
    struct transport_address remote, local;
    struct transport_address mapped; // of what TCP carried: the address that remote stands for
};

// The private area stands behind the mbuf; pools are made with this size.
#define PACKET_PRIVATE_SIZE RTE_ALIGN(sizeof(struct packet), RTE_MBUF_PRIV_ALIGN)

static inline struct packet *packet_of(struct rte_mbuf *mbuf)
{
    return (struct packet *)(mbuf + 1);
}

static inline uint8_t *packet_data(struct rte_mbuf *mbuf)
{
    return rte_pktmbuf_mtod(mbuf, uint8_t *);
}

// Every node's first two edges lead there.
enum { EDGE_DROP, EDGE_CONSUME, EDGE_FIRST };

static inline rte_edge_t packet_drop(struct rte_mbuf *mbuf, enum drop_reason reason)
{
    packet_of(mbuf)->reason = (uint16_t)reason;
    return EDGE_DROP;
}

static inline rte_edge_t packet_consume(struct rte_mbuf *mbuf, enum consume_kind kind)
{
    packet_of(mbuf)->consume = (uint8_t)kind;
    return EDGE_CONSUME;
}
