// SPDX-License-Identifier: Apache-2.0
// Key derivation, RFC 3711 4.3 with derivation rate 0: master key and salt of a transport -> session keys.
#pragma once
#include "keys.h"
#include "suite.h"
#include <stdint.h>

struct srtp_engine;

struct srtp_session_keys {
    uint8_t key[SRTP_KEY_LENGTH_MAX];
    uint8_t salt[SRTP_SALT_LENGTH_MAX];
    uint8_t auth_key[SRTP_AUTH_KEY_LENGTH]; // not for AEAD suites
};

// Wipe *ret_session with explicit_bzero. 0 or -EINVAL (unknown suite).
int srtp_derive_keys(struct srtp_engine *engine, uint16_t suite, enum srtp_use use, const uint8_t *master_key,
                     const uint8_t *master_salt, struct srtp_session_keys *ret_session);

// One derived key of at most 256 bytes; AES-CM as the pseudo-random function (RFC 3711 4.3.3; RFC 7714 11 for 256
// bits). A salt shorter than 14 bytes is padded with zeros behind.
void srtp_derive_key(struct srtp_engine *engine, const uint8_t *master_key, size_t key_length,
                     const uint8_t *master_salt, size_t salt_length, uint8_t label, uint8_t *ret_key, size_t length);
