// SPDX-License-Identifier: Apache-2.0
// The RTP header (RFC 3550) with one- and two-byte extensions (RFC 8285).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_PACKET_MAX 1500

struct rtp_packet {
    bool marker;
    uint8_t payload_type;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    const uint8_t *extension; // the elements
    size_t extension_size;
    uint16_t extension_profile; // 0xbede: one-byte; 0x100x: two-byte
    const uint8_t *payload;
    size_t payload_size;
};

// Returns the bytes consumed or -EBADMSG. The struct points into the packet.
int rtp_packet_read(const uint8_t *data, size_t size, struct rtp_packet *ret_packet);
// NULL: there is no such element.
const uint8_t *rtp_packet_extension(const struct rtp_packet *packet, unsigned id, size_t *ret_size);

struct rtp_packet_extensions {
    uint8_t mid_id, twcc_id; // 0: leave out
    const char *mid;
    uint16_t twcc_sequence;
};

// Header and extensions, without payload. Returns the size; room must be 64 at least.
size_t rtp_packet_begin(uint8_t *data, const struct rtp_packet *header, const struct rtp_packet_extensions *extensions);
