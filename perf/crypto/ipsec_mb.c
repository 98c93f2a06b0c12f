// SPDX-License-Identifier: Apache-2.0
// ipsec-mb as it comes: the arithmetic alone. No tag is compared, no index guessed, no IV computed in the measured
// time: the floor under every SRTP.
#include "crypto.h"

#include <intel-ipsec-mb.h>
#include <stddef.h>
#include <stdlib.h>

#define OUTER_STATE 20 // struct hmac_sha1_key: inner state, then outer state
#define TAG_LENGTH  12 // of HMAC-SHA1: the shortest that ipsec-mb writes

static IMB_MGR *manager;
static IMB_JOB ciphers[CRYPTO_PACKETS], hashes[CRYPTO_PACKETS];

static void must(bool done)
{
    if (!done)
        abort(); // ipsec-mb refuses good arguments
}

static void prepare_jobs(void)
{
    for (unsigned i = 0; i < CRYPTO_PACKETS; i++) {
        ciphers[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_CNTR,
                               .cipher_direction = IMB_DIR_ENCRYPT,
                               .chain_order = IMB_ORDER_CIPHER_HASH,
                               .hash_alg = IMB_AUTH_NULL,
                               .key_len_in_bytes = IMB_KEY_128_BYTES,
                               .iv_len_in_bytes = 16};
        hashes[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_NULL,
                              .cipher_direction = IMB_DIR_ENCRYPT,
                              .chain_order = IMB_ORDER_HASH_CIPHER,
                              .hash_alg = IMB_AUTH_HMAC_SHA_1,
                              .auth_tag_output_len_in_bytes = TAG_LENGTH};
    }
}

static bool open_any(struct crypto_load *load)
{
    (void)load;
    if (manager)
        return true;
    manager = alloc_mb_mgr(0);
    must(manager != NULL);
    init_mb_mgr_auto(manager, NULL);
    prepare_jobs();
    return true;
}

static bool open_cm(struct crypto_load *load)
{
    return open_any(load) && !crypto_is_aead(load);
}

static bool open_gcm(struct crypto_load *load)
{
    return open_any(load) && crypto_is_aead(load);
}

static void close_any(struct crypto_load *load)
{
    (void)load;
}

static void cipher_burst(struct crypto_load *load, unsigned first, uint8_t (*from)[CRYPTO_ROOM])
{
    for (unsigned i = 0; i < load->burst; i++) {
        IMB_JOB *job = &ciphers[i];
        job->enc_keys = load->keys[i].cm.schedule;
        job->src = from[first + i] + load->header;
        job->dst = load->work[first + i] + load->header;
        job->msg_len_to_cipher_in_bytes = load->payload;
        job->iv = load->ivs[first + i];
    }
    must(IMB_SUBMIT_CIPHER_BURST_NOCHECK(manager, ciphers, load->burst, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT,
                                         IMB_KEY_128_BYTES) == load->burst);
}

static void hash_burst(struct crypto_load *load, unsigned first)
{
    for (unsigned i = 0; i < load->burst; i++) {
        IMB_JOB *job = &hashes[i];
        job->src = load->work[first + i];
        job->msg_len_to_hash_in_bytes = load->header + load->payload + 4;
        job->auth_tag_output = load->tags[first + i];
        job->u.HMAC._hashed_auth_key_xor_ipad = load->keys[i].cm.auth.bytes;
        job->u.HMAC._hashed_auth_key_xor_opad = load->keys[i].cm.auth.bytes + OUTER_STATE;
    }
    must(IMB_SUBMIT_HASH_BURST_NOCHECK(manager, hashes, load->burst, IMB_AUTH_HMAC_SHA_1) == load->burst);
}

static void split_protect(struct crypto_load *load, unsigned first)
{
    cipher_burst(load, first, load->plain);
    hash_burst(load, first);
}

static void split_unprotect(struct crypto_load *load, unsigned first)
{
    hash_burst(load, first);
    cipher_burst(load, first, load->work);
}

static void fill_cm(struct crypto_load *load, unsigned packet, bool protect, IMB_JOB *job)
{
    const struct srtp_keys *keys = &load->keys[packet % load->burst];
    uint8_t *from = protect ? load->plain[packet] : load->work[packet], *to = load->work[packet];
    job->cipher_mode = IMB_CIPHER_CNTR;
    job->cipher_direction = protect ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
    job->chain_order = protect ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_HMAC_SHA_1;
    job->key_len_in_bytes = IMB_KEY_128_BYTES;
    job->iv = load->ivs[packet];
    job->iv_len_in_bytes = 16;
    job->enc_keys = job->dec_keys = keys->cm.schedule;
    job->src = from;
    job->dst = to + load->header;
    job->cipher_start_src_offset_in_bytes = load->header;
    job->msg_len_to_cipher_in_bytes = load->payload;
    job->hash_start_src_offset_in_bytes = (uint64_t)(to - from); // over the output, which is not at src
    job->msg_len_to_hash_in_bytes = load->header + load->payload + 4;
    job->auth_tag_output = load->tags[packet];
    job->auth_tag_output_len_in_bytes = TAG_LENGTH;
    job->u.HMAC._hashed_auth_key_xor_ipad = keys->cm.auth.bytes;
    job->u.HMAC._hashed_auth_key_xor_opad = keys->cm.auth.bytes + OUTER_STATE;
}

static void fill_gcm(struct crypto_load *load, unsigned packet, bool protect, IMB_JOB *job)
{
    job->cipher_mode = IMB_CIPHER_GCM;
    job->cipher_direction = protect ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
    job->chain_order = protect ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_AES_GMAC;
    job->key_len_in_bytes = load->suite == SRTP_SUITE_AEAD_AES_256_GCM ? IMB_KEY_256_BYTES : IMB_KEY_128_BYTES;
    job->enc_keys = job->dec_keys = load->keys[packet % load->burst].gcm.key_data;
    job->iv = load->ivs[packet];
    job->iv_len_in_bytes = 12;
    job->src = protect ? load->plain[packet] : load->work[packet];
    job->dst = load->work[packet] + load->header;
    job->cipher_start_src_offset_in_bytes = load->header;
    job->msg_len_to_cipher_in_bytes = load->payload;
    job->hash_start_src_offset_in_bytes = load->header;
    job->msg_len_to_hash_in_bytes = load->payload;
    job->u.GCM.aad = load->work[packet];
    job->u.GCM.aad_len_in_bytes = load->header;
    job->auth_tag_output = load->tags[packet];
    job->auth_tag_output_len_in_bytes = load->tag;
}

static void fill_job(struct crypto_load *load, unsigned packet, bool protect, IMB_JOB *job)
{
    if (crypto_is_aead(load))
        fill_gcm(load, packet, protect, job);
    else
        fill_cm(load, packet, protect, job);
}

static void run_jobs(struct crypto_load *load, unsigned first, bool protect)
{
    IMB_JOB *jobs[CRYPTO_PACKETS];
    must(IMB_GET_NEXT_BURST(manager, load->burst, jobs) == load->burst);
    for (unsigned i = 0; i < load->burst; i++)
        fill_job(load, first + i, protect, jobs[i]);
    unsigned left = load->burst - IMB_SUBMIT_BURST_NOCHECK(manager, load->burst, jobs);
    while (left > 0)
        left -= IMB_FLUSH_BURST(manager, left, jobs);
}

static void jobs_protect(struct crypto_load *load, unsigned first)
{
    run_jobs(load, first, true);
}

static void jobs_unprotect(struct crypto_load *load, unsigned first)
{
    run_jobs(load, first, false);
}

static void run_single(struct crypto_load *load, unsigned first, bool protect)
{
    unsigned done = 0;
    for (unsigned i = 0; i < load->burst; i++) {
        fill_job(load, first + i, protect, IMB_GET_NEXT_JOB(manager));
        for (IMB_JOB *job = IMB_SUBMIT_JOB_NOCHECK(manager); job; job = IMB_GET_COMPLETED_JOB(manager))
            done++;
    }
    while (done < load->burst && IMB_FLUSH_JOB(manager))
        done++;
    must(done == load->burst);
}

static void single_protect(struct crypto_load *load, unsigned first)
{
    run_single(load, first, true);
}

static void single_unprotect(struct crypto_load *load, unsigned first)
{
    run_single(load, first, false);
}

static void run_direct(struct crypto_load *load, unsigned first, bool protect)
{
    struct gcm_context_data context;
    bool large = load->suite == SRTP_SUITE_AEAD_AES_256_GCM;
    aes_gcm_enc_dec_t run = protect ? large ? manager->gcm256_enc : manager->gcm128_enc
                            : large ? manager->gcm256_dec
                                    : manager->gcm128_dec;
    for (unsigned i = 0; i < load->burst; i++) {
        uint8_t *from = protect ? load->plain[first + i] : load->work[first + i], *to = load->work[first + i];
        run((const struct gcm_key_data *)(const void *)load->keys[i].gcm.key_data, &context, to + load->header,
            from + load->header, load->payload, load->ivs[first + i], to, load->header, load->tags[first + i],
            load->tag);
    }
}

static void direct_protect(struct crypto_load *load, unsigned first)
{
    run_direct(load, first, true);
}

static void direct_unprotect(struct crypto_load *load, unsigned first)
{
    run_direct(load, first, false);
}

const struct crypto_engine crypto_ipsec_mb_jobs = {.name = "ipsec-mb job burst",
                                                   .bare = true,
                                                   .every = 1,
                                                   .open = open_any,
                                                   .close = close_any,
                                                   .protect = jobs_protect,
                                                   .unprotect = jobs_unprotect};
const struct crypto_engine crypto_ipsec_mb_split = {.name = "ipsec-mb cipher + hash bursts",
                                                    .bare = true,
                                                    .every = 1,
                                                    .open = open_cm,
                                                    .close = close_any,
                                                    .protect = split_protect,
                                                    .unprotect = split_unprotect};
const struct crypto_engine crypto_ipsec_mb_single = {.name = "ipsec-mb single jobs",
                                                     .bare = true,
                                                     .every = 1,
                                                     .open = open_any,
                                                     .close = close_any,
                                                     .protect = single_protect,
                                                     .unprotect = single_unprotect};
const struct crypto_engine crypto_ipsec_mb_direct = {.name = "ipsec-mb GCM direct",
                                                     .bare = true,
                                                     .every = 1,
                                                     .open = open_gcm,
                                                     .close = close_any,
                                                     .protect = direct_protect,
                                                     .unprotect = direct_unprotect};
