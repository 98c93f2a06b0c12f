// SPDX-License-Identifier: Apache-2.0
// What a crypto backend does for the transform; private to this folder. The backends check nothing: their callers did.
#pragma once
#include "engine.h"
#include "keys.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// One payload: AES-CM uses keys, src, dst, length and a 16-byte iv; the AEADs all of it and a 12-byte iv.
struct cipher_job {
    const struct srtp_keys *keys;
    const uint8_t *src;
    uint8_t *dst; // src, or no overlap with it
    const uint8_t *aad;
    uint8_t *tag; // 16 bytes: written by seal, compared by open
    uint32_t length;
    uint16_t aad_length;
    bool authentic; // set by open; when false, dst holds undefined bytes that seal turns back into the ciphertext
    uint8_t iv[16];
};

// Counts are 1 to SRTP_BURST_MAX.
struct cipher {
    enum srtp_backend backend;
    int (*start)(struct srtp_engine *engine); // sets state, keys_size, description
    void (*stop)(struct srtp_engine *engine);

    void (*expand_cm)(struct srtp_engine *engine, const uint8_t *key, struct srtp_keys *keys);
    void (*expand_gcm)(struct srtp_engine *engine, const uint8_t *key, size_t length, struct srtp_keys *keys);
    // `block` is the key, padded with zeros to SHA-1's block size.
    void (*expand_hmac)(struct srtp_engine *engine, const uint8_t block[64], struct hmac_sha1_key *key);
    void (*sha1)(struct srtp_engine *engine, const uint8_t *message, size_t length, uint8_t *ret_digest);
    // AES-CTR of zeros, for key derivation; length at most 256.
    void (*keystream)(struct srtp_engine *engine, const uint8_t *key, size_t key_length, const uint8_t iv[16],
                      uint8_t *out, size_t length);

    void (*counter)(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count); // no empty payload
    void (*hmac)(struct srtp_engine *engine, const struct hmac_sha1_job *jobs, unsigned count);
    void (*seal)(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count);
    // Returns how many were authentic.
    unsigned (*open)(struct srtp_engine *engine, struct cipher_job *jobs, unsigned count);
};

extern const struct cipher cipher_openssl;
#ifdef NARU_IPSEC_MB
extern const struct cipher cipher_ipsec_mb;
#endif

struct srtp_engine {
    const struct cipher *cipher;
    void *state; // the backend's
    size_t keys_size;
    char description[64];
    // Scratch of one burst: `counters` and `hashes` for CM packets, `aeads` for AEAD packets.
    struct cipher_job counters[SRTP_BURST_MAX];
    struct cipher_job aeads[SRTP_BURST_MAX];
    struct hmac_sha1_job hashes[SRTP_BURST_MAX];
    void *counter_packets[SRTP_BURST_MAX];
    void *aead_packets[SRTP_BURST_MAX];
    void *hash_packets[SRTP_BURST_MAX];
    uint8_t tags[SRTP_BURST_MAX][32];     // computed
    uint8_t received[SRTP_BURST_MAX][16]; // what the packet carried
    uint8_t aad[SRTP_BURST_MAX][16];      // SRTCP's associated data, which is not contiguous in the packet
};

// A backend that fails on good arguments has no safe answer: an unencrypted packet must not leave.
static inline void cipher_must(bool done)
{
    if (!done)
        abort();
}

static inline uint8_t keys_use_backend(enum srtp_use use, enum srtp_backend backend)
{
    return (uint8_t)((unsigned)use | (unsigned)backend << 4);
}

static inline bool keys_fit(const struct srtp_engine *engine, const struct srtp_keys *keys, enum srtp_use use)
{
    return keys->suite != SRTP_SUITE_NONE && keys->use_backend == keys_use_backend(use, engine->cipher->backend);
}
