// SPDX-License-Identifier: Apache-2.0
// The expanded session keys of one direction of one transport, for RTP or for RTCP: what a packet touches, in few
// lines.
#pragma once
#include "hmac_sha1.h"
#include "suite.h"
#include <stdint.h>

struct srtp_engine;

enum srtp_use {
    SRTP_USE_RTP = 0,
    SRTP_USE_RTCP = 1,
};

// Plain data without pointers, zero = no key. Placed by the caller at a 64-byte boundary, in process-private memory (it
// belongs to the backend of the engine that made it). It uses the first srtp_keys_size() bytes.
struct srtp_keys {
    _Alignas(64) uint8_t suite; // enum srtp_suite_id; 0: no key, every packet fails with -ENOKEY
    uint8_t use_backend;        // enum srtp_use, enum srtp_backend << 4
    uint8_t salt[SRTP_SALT_LENGTH_MAX];
    union {
        struct {
            struct hmac_sha1_key auth;
            uint8_t schedule[176];
        } cm;
        struct {
            uint8_t gap[48];
            uint8_t key_data[1024]; // ipsec-mb: struct gcm_key_data, aligned to 64; OpenSSL: the key
        } gcm;
    };
};
_Static_assert(sizeof(struct srtp_keys) == 1088, "srtp_keys is a whole number of lines");

// Bytes that this engine really uses of a struct srtp_keys, a multiple of 64 (CM 256, GCM 448 on AVX2): the stride of a
// packed array. SRTP_SUITE_NONE: what is enough for any.
size_t srtp_keys_size(const struct srtp_engine *engine, uint16_t suite);

// From the master key and salt of the transport (RFC 3711 4.3, key derivation rate 0). 0 or -EINVAL (unknown suite).
int srtp_keys_init(struct srtp_engine *engine, uint16_t suite, enum srtp_use use, const uint8_t *master_key,
                   const uint8_t *master_salt, struct srtp_keys *ret_keys);

// The same from session keys that were derived already.
struct srtp_session_keys;
int srtp_keys_expand(struct srtp_engine *engine, uint16_t suite, enum srtp_use use,
                     const struct srtp_session_keys *session, struct srtp_keys *ret_keys);

// Wipes the bytes of its suite.
void srtp_keys_wipe(const struct srtp_engine *engine, struct srtp_keys *keys);
