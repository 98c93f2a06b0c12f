// SPDX-License-Identifier: Apache-2.0
// Initialisation vectors from session salt, SSRC and index (48 bits; SRTCP: 31); private to this folder.
#pragma once
#include "keys.h"
#include <endian.h>
#include <stdint.h>
#include <string.h>

// RFC 3711 4.1.1: (salt << 16) ^ (SSRC << 64) ^ (index << 16).
static inline void iv_cm(const struct srtp_keys *keys, uint32_t ssrc, uint64_t index, uint8_t iv[16])
{
    uint64_t high, low = 0;
    memcpy(&high, keys->salt, 8);
    memcpy(&low, keys->salt + 8, 6);
    high ^= htobe64(ssrc);
    low ^= htobe64(index << 16);
    memcpy(iv, &high, 8);
    memcpy(iv + 8, &low, 8);
}

// RFC 7714 8.1 and 9.1: salt ^ (0 0 | SSRC | index), 12 bytes.
static inline void iv_gcm(const struct srtp_keys *keys, uint32_t ssrc, uint64_t index, uint8_t iv[12])
{
    uint64_t high;
    uint32_t low;
    memcpy(&high, keys->salt, 8);
    memcpy(&low, keys->salt + 8, 4);
    high ^= htobe64((uint64_t)ssrc << 16 | index >> 32);
    low ^= htobe32((uint32_t)index);
    memcpy(iv, &high, 8);
    memcpy(iv + 8, &low, 4);
}
