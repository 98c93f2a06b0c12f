// SPDX-License-Identifier: Apache-2.0
// Ethernet, IP and UDP headers toward a transport's selected path, with what is the same in all its packets summed up
// already. Taken from a frame of the long way
// (udp_output) on a proven path, and kept for a second: then the next hop is asked again.
#pragma once

#include <rte_common.h>
#include <stdint.h>
#include <string.h>

struct port;
struct rte_mbuf;

#define FRAME_TEMPLATE_BYTES 80 // the longest header

// What a packet takes along from its template: the path may change before it is complete.
struct frame_head {
    uint8_t size;     // of all headers; 0: there are none
    uint8_t ip_size;  // of the IP header
    uint16_t ip_sum;  // of the IPv4 header but its length; in memory order, folded
    uint32_t udp_sum; // of the pseudo-header and the ports, but the lengths
};

struct frame_template {
    _Alignas(RTE_CACHE_LINE_SIZE) struct frame_head head;
    uint16_t port;  // device index
    uint16_t room;  // bytes of UDP payload that fit the MTU
    uint32_t until; // FRAME_TEMPLATE_TIME after which it is stale
    uint8_t bytes[FRAME_TEMPLATE_BYTES];
};

#define FRAME_TEMPLATE_TIME(ns) ((uint32_t)((ns) >> 20)) // about milliseconds

static inline int frame_template_holds(const struct frame_template *frame, uint32_t now)
{
    return frame->head.size && (int32_t)(frame->until - now) > 0;
}

// From a frame that udp_output has just made of a packet with its addresses. `now`: monotonic ns.
void frame_template_take(const struct port *port, const struct rte_mbuf *mbuf, uint64_t now,
                         struct frame_template *ret_frame);

// The headers go in front of a UDP payload that stands in the mbuf; frame_template_finish follows when it is complete.
static inline void frame_template_write(const struct frame_template *frame, uint8_t *payload)
{
    unsigned size = frame->head.size;
    memcpy(payload - size, frame->bytes, 32);
    if (size > 64)
        memcpy(payload - size + 32, frame->bytes + 32, 16);
    memcpy(payload - 32, frame->bytes + size - 32, 32); // no template is shorter
}

// Lengths and sums; the mbuf then holds the whole frame.
void frame_template_finish(const struct frame_head *head, const struct port *port, struct rte_mbuf *mbuf);
