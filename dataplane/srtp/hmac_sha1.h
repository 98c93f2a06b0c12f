// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA1 (RFC 2104) with precomputed pads, in bursts of many keys: STUN's MESSAGE-INTEGRITY.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct srtp_engine;

#define HMAC_SHA1_LENGTH 20

// Plain data, placed by the caller; belongs to the backend of the engine that made it. Wipe with explicit_bzero.
struct hmac_sha1_key {
    _Alignas(16) uint8_t bytes[64]; // ipsec-mb: inner state, outer state; OpenSSL: the key block
};

struct hmac_sha1_job {
    const struct hmac_sha1_key *key;
    const uint8_t *message;
    uint32_t length;  // at least 1
    uint8_t *ret_tag; // HMAC_SHA1_LENGTH bytes; must not overlap a message of the same burst
};

// A key of any length (longer than 64 bytes: hashed first, RFC 2104 2).
void hmac_sha1_key_init(struct srtp_engine *engine, const uint8_t *key, size_t length, struct hmac_sha1_key *ret_key);
void hmac_sha1(struct srtp_engine *engine, const struct hmac_sha1_key *key, const uint8_t *message, uint32_t length,
               uint8_t ret_tag[HMAC_SHA1_LENGTH]);
void hmac_sha1_burst(struct srtp_engine *engine, const struct hmac_sha1_job *jobs, unsigned count);

// Constant-time comparison of two tags, whole or truncated.
bool hmac_sha1_equal(const uint8_t *a, const uint8_t *b, size_t length);
