// SPDX-License-Identifier: Apache-2.0
// Packets in a TCP stream (RFC 4571 2, as RFC 6544 3 uses it): two bytes of length before each.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TCP_FRAME_HEADER 2
#define TCP_FRAME_MAX    1536 // bytes of a packet; more is nobody's media, and ends the connection

// The packet that the stream begins with. Returns the bytes that it takes with its length: what is behind them is the
// next one's; 0: it is not whole yet; -EMSGSIZE: it is longer than TCP_FRAME_MAX. A length of 0 is a packet of nothing.
int tcp_frame_parse(const uint8_t *stream, size_t size, const uint8_t **ret_packet, size_t *ret_packet_size);

// Length and packet. Returns the bytes written, -ENOBUFS, or -EMSGSIZE for a packet over TCP_FRAME_MAX.
int tcp_frame_write(uint8_t *stream, size_t capacity, const uint8_t *packet, size_t size);
