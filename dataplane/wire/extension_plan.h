// SPDX-License-Identifier: Apache-2.0
// What rtp_extension_rewrite would write, prepared: packets of a stream carry the same elements again and again, and
// only their values differ. A plan answers for blocks of one layout; any other goes to rtp_extension_rewrite.
#pragma once

#include "rtp_extension.h"

#define EXTENSION_LAYOUT_UNKNOWN 0          // two-byte form, more than eight elements, padding between them
#define EXTENSION_LAYOUT_NONE    UINT64_MAX // no extension at all
#define EXTENSION_PLAN_BLOCK     36         // bytes of the longest block that is planned
#define EXTENSION_PLAN_COPIES    5

struct extension_plan {
    uint64_t layout;   // of the source's block; EXTENSION_LAYOUT_UNKNOWN: nothing is planned
    uint8_t size;      // of the block written; 0: no extension
    uint8_t send_time; // where in it abs-send-time stands; 0: it has none
    uint8_t copy_count;
    struct {
        uint8_t to, from, size; // in the block written, in the source's elements
    } copies[EXTENSION_PLAN_COPIES];
    uint8_t block[EXTENSION_PLAN_BLOCK];
};

// The heads of all elements of a one-byte block in their order, a byte each: equal layouts have equal offsets. On the
// way, the value of the element `id` (0: none) if it has `size` bytes.
static inline uint64_t extension_layout(const uint8_t *packet, const struct rtp_header *header, uint8_t id,
                                        uint8_t size, const uint8_t **ret_value)
{
    const uint8_t *at = packet + header->extension_offset, *end = at + header->extension_size;
    uint64_t layout = 0;
    *ret_value = NULL;
    if (header->extension_offset == 0)
        return EXTENSION_LAYOUT_NONE;
    if (header->extension_profile != RTP_EXTENSION_ONE_BYTE)
        return EXTENSION_LAYOUT_UNKNOWN;
    for (unsigned shift = 0; at < end; shift += 8) {
        uint8_t head = *at++;
        uint8_t length = (uint8_t)((head & 0x0f) + 1);
        if (head == 0) { // padding: at the end, or the layout is not told by the heads
            while (at < end)
                if (*at++)
                    return EXTENSION_LAYOUT_UNKNOWN;
            break;
        }
        if (head < 0x10 || head >= 0xf0 || length > end - at || shift == 64)
            return EXTENSION_LAYOUT_UNKNOWN;
        if (head >> 4 == id && length == size && !*ret_value)
            *ret_value = at;
        layout |= (uint64_t)head << shift;
        at += length;
    }
    return layout;
}

// Plans for blocks of this layout; arguments as of rtp_extension_rewrite. The added element `send_time` (an id, 0:
// none) is abs-send-time, whose value the packets bring. What cannot be planned leaves ret_plan->layout unknown.
void extension_plan_make(uint64_t layout, const struct rtp_extension_map *map,
                         const struct rtp_extension_element *added, size_t added_count, uint8_t send_time,
                         struct extension_plan *ret_plan);

// Writes the block: EXTENSION_PLAN_BLOCK bytes are touched. Returns its size.
static inline int extension_plan_write(const struct extension_plan *plan, const uint8_t *elements, uint32_t send_time,
                                       uint8_t *block)
{
    memcpy(block, plan->block, sizeof(plan->block));
    for (unsigned i = 0; i < plan->copy_count; i++)
        for (unsigned byte = 0; byte < plan->copies[i].size; byte++)
            block[plan->copies[i].to + byte] = elements[plan->copies[i].from + byte];
    if (plan->send_time)
        bytes_put24(block + plan->send_time, send_time);
    return plan->size;
}
