// SPDX-License-Identifier: Apache-2.0
#include "seal.h"

#include "crypto.h"
#include "iv.h"

#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

#define OUTER_STATE 20 // struct hmac_sha1_key: inner state, then outer state
#define TAG_LENGTH  12 // the shortest that ipsec-mb writes
#define FEW         3  // messages: the SHA instructions are through with them before 16 lanes are with any

// Of what goes out packet by packet, an idle lane's time would be taken for the gateway's latency.
static IMB_MGR *manager, *for_few;

static void must(bool done)
{
    if (!done)
        abort(); // ipsec-mb refuses good arguments
}

size_t seal_keys_size(void)
{
    return srtp_keys_size(crypto_srtp_engine(), SRTP_SUITE_NONE);
}

int seal_expand(uint16_t suite, const uint8_t *key, const uint8_t *salt, struct srtp_keys *ret_keys)
{
    return srtp_keys_init(crypto_srtp_engine(), suite, SRTP_USE_RTP, key, salt, ret_keys);
}

static void encrypt(const struct seal_job *jobs, unsigned count)
{
    IMB_JOB ciphers[SEAL_BURST];
    uint8_t ivs[SEAL_BURST][16];
    for (unsigned i = 0; i < count; i++) {
        uint8_t *payload = jobs[i].packet + jobs[i].header;
        iv_cm(jobs[i].keys, jobs[i].ssrc, jobs[i].index, ivs[i]);
        ciphers[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_CNTR,
                               .cipher_direction = IMB_DIR_ENCRYPT,
                               .chain_order = IMB_ORDER_CIPHER_HASH,
                               .hash_alg = IMB_AUTH_NULL,
                               .key_len_in_bytes = IMB_KEY_128_BYTES,
                               .enc_keys = jobs[i].keys->cm.schedule,
                               .src = payload,
                               .dst = payload,
                               .msg_len_to_cipher_in_bytes = jobs[i].payload,
                               .iv = ivs[i],
                               .iv_len_in_bytes = 16};
    }
    must(IMB_SUBMIT_CIPHER_BURST_NOCHECK(manager, ciphers, count, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT,
                                         IMB_KEY_128_BYTES) == count);
}

static void authenticate(const struct seal_job *jobs, unsigned count)
{
    IMB_JOB hashes[SEAL_BURST];
    uint8_t tags[SEAL_BURST][TAG_LENGTH];
    for (unsigned i = 0; i < count; i++) {
        unsigned length = jobs[i].header + jobs[i].payload;
        uint32_t roc = htobe32((uint32_t)(jobs[i].index >> 16));
        memcpy(jobs[i].packet + length, &roc, sizeof(roc));
        hashes[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_NULL,
                              .cipher_direction = IMB_DIR_ENCRYPT,
                              .chain_order = IMB_ORDER_HASH_CIPHER,
                              .hash_alg = IMB_AUTH_HMAC_SHA_1,
                              .src = jobs[i].packet,
                              .msg_len_to_hash_in_bytes = length + sizeof(roc),
                              .auth_tag_output = tags[i],
                              .auth_tag_output_len_in_bytes = TAG_LENGTH};
        hashes[i].u.HMAC._hashed_auth_key_xor_ipad = jobs[i].keys->cm.auth.bytes;
        hashes[i].u.HMAC._hashed_auth_key_xor_opad = jobs[i].keys->cm.auth.bytes + OUTER_STATE;
    }
    IMB_MGR *hasher = count <= FEW ? for_few : manager;
    must(IMB_SUBMIT_HASH_BURST_NOCHECK(hasher, hashes, count, IMB_AUTH_HMAC_SHA_1) == count);
    for (unsigned i = 0; i < count; i++)
        memcpy(jobs[i].packet + jobs[i].header + jobs[i].payload, tags[i], jobs[i].tag);
}

static void seal_gcm(const struct seal_job *job, aes_gcm_enc_dec_t run)
{
    struct gcm_context_data context;
    uint8_t iv[12], *payload = job->packet + job->header;
    iv_gcm(job->keys, job->ssrc, job->index, iv);
    run((const struct gcm_key_data *)(const void *)job->keys->gcm.key_data, &context, payload, payload, job->payload,
        iv, job->packet, job->header, payload + job->payload, job->tag);
}

static void start(void)
{
    if (manager)
        return;
    manager = alloc_mb_mgr(0);
    must(manager != NULL);
    init_mb_mgr_auto(manager, NULL);
    for_few = manager;
    if (!(manager->features & IMB_FEATURE_SHANI))
        return;
    for_few = alloc_mb_mgr(0);
    must(for_few != NULL);
    init_mb_mgr_sse(for_few);
}

void seal_peek(uint16_t suite, const struct seal_job *job, uint8_t ret_plain[SEAL_PEEK])
{
    struct seal_job copy = *job;
    uint8_t tag[16];
    start();
    if (suite < SRTP_SUITE_AEAD_AES_128_GCM) { // counter mode is its own inverse
        memcpy(ret_plain, job->packet + job->header, SEAL_PEEK);
        copy.packet = ret_plain;
        copy.header = 0;
        copy.payload = SEAL_PEEK;
        encrypt(&copy, 1);
        return;
    }
    struct gcm_context_data context;
    uint8_t iv[12];
    iv_gcm(job->keys, job->ssrc, job->index, iv);
    aes_gcm_enc_dec_t open = suite == SRTP_SUITE_AEAD_AES_256_GCM ? manager->gcm256_dec : manager->gcm128_dec;
    open((const struct gcm_key_data *)(const void *)job->keys->gcm.key_data, &context, ret_plain,
         job->packet + job->header, SEAL_PEEK, iv, job->packet, job->header, tag, sizeof(tag));
}

void seal_burst(uint16_t suite, const struct seal_job *jobs, unsigned count)
{
    start();
    if (suite < SRTP_SUITE_AEAD_AES_128_GCM) {
        encrypt(jobs, count);
        authenticate(jobs, count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        seal_gcm(&jobs[i], suite == SRTP_SUITE_AEAD_AES_256_GCM ? manager->gcm256_enc : manager->gcm128_enc);
}
