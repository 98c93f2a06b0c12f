// SPDX-License-Identifier: Apache-2.0
// The Internet checksum (RFC 1071), in memory order throughout: sums of 32-bit words that are folded at the end, for
// ones' complement addition does not care where a carry is added.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Of any bytes, an odd one padded with zero. The build for this processor's registers; below 2^48 for any packet.
extern uint64_t (*checksum_sum)(const uint8_t *data, size_t size);

static inline uint16_t checksum_fold(uint64_t sum)
{
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

// Of a few words: headers and addresses.
static inline uint64_t checksum_sum_words(const void *data, unsigned words)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < words; i++) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)data + 4 * i, sizeof(word));
        sum += word;
    }
    return sum;
}
