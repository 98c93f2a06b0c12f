// SPDX-License-Identifier: Apache-2.0
// Authentication tags of the three lengths that there are (4, 10, 16), a few instructions each; private to this folder.
#pragma once
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline void tag_copy(uint8_t *to, const uint8_t *from, uint32_t length)
{
    if (length == 16) {
        memcpy(to, from, 16);
    } else if (length == 10) {
        memcpy(to, from, 8);
        memcpy(to + 8, from + 8, 2);
    } else {
        memcpy(to, from, 4);
    }
}

static inline uint64_t tag_word(const uint8_t *tag)
{
    uint64_t word;
    memcpy(&word, tag, sizeof(word));
    return word;
}

// Both tags in arrays of at least 16 bytes. No branch depends on their bytes.
static inline bool tag_equal(const uint8_t *a, const uint8_t *b, uint32_t length)
{
    uint64_t first = tag_word(a) ^ tag_word(b), second = tag_word(a + 8) ^ tag_word(b + 8);
    if (length == 16)
        return (first | second) == 0;
    if (length == 10)
        return (first | be64toh(second) >> 48) == 0;
    return be64toh(first) >> 32 == 0;
}
