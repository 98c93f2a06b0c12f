// SPDX-License-Identifier: Apache-2.0
// Ethernet, ARP and IPv4 around datagrams, as the router beside the gateway makes and reads them.
#pragma once

#include "network.h"

#define FRAME_MAX 1700

struct frame {
    unsigned size;
    uint8_t bytes[FRAME_MAX];
};

extern const uint8_t frame_router_mac[6];

// A datagram on its way from the router to the gateway's station.
void frame_make(const struct datagram *datagram, const uint8_t gateway_mac[6], struct frame *ret_frame);
// False: the frame is no UDP over IPv4.
bool frame_read(const struct frame *frame, struct datagram *ret_datagram);
// Makes the answer to an ARP request for the router; false: it is none.
bool frame_answer_arp(const struct frame *frame, struct frame *ret_answer);
