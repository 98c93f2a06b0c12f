// SPDX-License-Identifier: Apache-2.0
// RTP header extension elements (RFC 8285), one-byte and two-byte form. An element that does not fit its block ends the
// reading: the rest is ignored, never an error of the packet.
#pragma once

#include "rtp.h"

#define RTP_EXTENSION_ONE_BYTE     0xbede
#define RTP_EXTENSION_TWO_BYTE     0x1000 // low four bits: the application's
#define RTP_EXTENSION_ONE_BYTE_IDS 14     // 15 ends a one-byte block

struct rtp_extension_element {
    const uint8_t *value;
    uint8_t id;
    uint8_t size;
};

struct rtp_extension_iterator {
    const uint8_t *next;
    const uint8_t *end;
    bool two_byte;
};

struct rtp_extension_iterator rtp_extension_begin(const uint8_t *packet, const struct rtp_header *header);
bool rtp_extension_next(struct rtp_extension_iterator *iterator, struct rtp_extension_element *ret_element);

// The first element with the id.
bool rtp_extension_find(const uint8_t *packet, const struct rtp_header *header, uint8_t id,
                        struct rtp_extension_element *ret_element);

// How ids change from the sender's to the receiver's: ids[x] is the new id of x, 0 leaves the element out. So does an
// id that is not below count.
struct rtp_extension_map {
    const uint8_t *ids;
    size_t count;
};

// Writes a whole block (profile, length, elements, zero padding): the packet's elements mapped, but for those whose new
// id is among the added ones, then the added ones. One-byte form if all fit it, else two-byte form.
// Returns its size, 0 if there is no element (then the X bit must go), or -ENOSPC.
int rtp_extension_rewrite(const uint8_t *packet, const struct rtp_header *header, const struct rtp_extension_map *map,
                          const struct rtp_extension_element *added, size_t added_count, uint8_t *block,
                          size_t capacity);

// The cheap variant: maps the ids where they stand; elements that are left out, or whose new id does not fit the form,
// and what follows the last good element, become zero padding. Sizes do not change. Returns how many elements are left.
int rtp_extension_patch_ids(uint8_t *packet, const struct rtp_header *header, const struct rtp_extension_map *map);

// Overwrites the value of an element that has this id and this size. 0 or -ENOENT.
int rtp_extension_patch_value(uint8_t *packet, const struct rtp_header *header,
                              const struct rtp_extension_element *element);

// abs-send-time: 24 bits of seconds, 6.18 fixed point.
static inline uint32_t rtp_extension_abs_send_time(uint64_t microseconds)
{
    return (uint32_t)((microseconds % 64000000 << 18) / 1000000) & 0xffffff;
}
