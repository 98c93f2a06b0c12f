// SPDX-License-Identifier: Apache-2.0
// Frames as a host on the link makes and reads them: code of the test's own, so that it judges the product's.
#pragma once

#include "gateway.h"

#define ETHERNET_SIZE 14
#define IP4_SIZE      20
#define IP6_SIZE      40
#define UDP_SIZE      8

// The host with that number: 192.0.2.<n> or 2001:db8::<n>, and its station.
struct transport_address host4(unsigned number, uint16_t port);
struct transport_address host6(unsigned number, uint16_t port);
void host_mac(unsigned number, uint8_t ret_mac[6]);

// The gateway's own addresses on PORT_PLAIN.
struct transport_address our4(uint16_t port);
struct transport_address our6(uint16_t port);

// The gateway knows the station of that host on PORT_PLAIN.
void frames_introduce(unsigned number);

void frame_ethernet(struct frame *frame, const uint8_t to[6], unsigned host, uint16_t type);
void frame_append(struct frame *frame, const void *data, size_t size);

// Ethernet and IP to the gateway's PORT_PLAIN around a payload; the station is that of the host.
void frame_ip(struct frame *frame, unsigned host, const struct transport_address *from,
              const struct transport_address *to, uint8_t protocol, const void *payload, size_t size);
void frame_udp(struct frame *frame, unsigned host, const struct transport_address *from,
               const struct transport_address *to, const void *payload, size_t size);

// RFC 1071 over IPv4's header, and over pseudo-header and payload.
uint16_t sum_of(const uint8_t *data, size_t size, uint32_t start);
uint16_t sum_with_pseudo_header(const struct transport_address *from, const struct transport_address *to,
                                uint8_t protocol, const uint8_t *data, size_t size);
void frame_fix_ip4_sum(struct frame *frame);

// A UDP datagram of the gateway: false if it is none. Asserts lengths and checksums.
struct datagram {
    struct transport_address from, to;
    uint8_t station[6]; // whom the frame goes to
    unsigned size;
    uint8_t bytes[FRAME_MAX];
};
bool frame_read_udp(const struct frame *frame, struct datagram *ret_datagram);
