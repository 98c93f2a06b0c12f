// SPDX-License-Identifier: Apache-2.0
// Backend over intel-ipsec-mb: bursts of many keys in one call.
#include "cipher.h"
#include "ipsec_mb_hmac.h"
#include "tag.h"
#include <errno.h>
#include <intel-ipsec-mb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct gcm_key_data) <= sizeof(((struct srtp_keys *)NULL)->gcm.key_data), "GCM key data fits");

enum {
    AES_BLOCK = 16,
    GCM_TAG = 16,
    LINE = 64,
    ROUND_KEYS = 256, // of struct gcm_key_data, before the powers of the hash key
    KEYS_AHEAD = 2,   // packets
};

struct ipsec_mb {
    IMB_MGR *manager;
    IMB_JOB counters[SRTP_BURST_MAX]; // what is the same in every job is set once
    struct ipsec_mb_hmac hmac;
    _Alignas(
        64) struct gcm_key_data expansion; // keys are expanded here, then the part that this CPU's code uses is copied
    size_t expansion_length;
};

static void prepare_counters(struct ipsec_mb *mb)
{
    for (unsigned i = 0; i < SRTP_BURST_MAX; i++)
        mb->counters[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_CNTR,
                                    .cipher_direction = IMB_DIR_ENCRYPT,
                                    .chain_order = IMB_ORDER_CIPHER_HASH,
                                    .hash_alg = IMB_AUTH_NULL,
                                    .key_len_in_bytes = IMB_KEY_128_BYTES,
                                    .iv_len_in_bytes = AES_BLOCK};
}

// How many bytes of gcm_key_data this CPU's code writes: less than half of it but on AVX-512.
static size_t measure_expansion(IMB_MGR *manager)
{
    static const uint8_t key[SRTP_KEY_LENGTH_MAX];
    _Alignas(64) struct gcm_key_data zeros, ones; // the header aligns it on its own platforms only
    memset(&zeros, 0, sizeof(zeros));
    memset(&ones, 0xff, sizeof(ones));
    IMB_AES256_GCM_PRE(manager, key, &zeros);
    IMB_AES256_GCM_PRE(manager, key, &ones);
    const uint8_t *a = (const uint8_t *)&zeros, *b = (const uint8_t *)&ones;
    size_t length = sizeof(zeros);
    while (length > 0 && a[length - 1] == 0 && b[length - 1] == 0xff)
        length--;
    return (length + 63) & ~(size_t)63;
}

static int start_manager(struct ipsec_mb *mb, IMB_ARCH *ret_arch)
{
    mb->manager = alloc_mb_mgr(0);
    if (mb->manager == NULL)
        return -ENOMEM;
    init_mb_mgr_auto(mb->manager, ret_arch);
    if (imb_get_errno(mb->manager) == 0 && *ret_arch > IMB_ARCH_NOAESNI)
        return 0;
    free_mb_mgr(mb->manager); // without AES-NI its C code is no gain over OpenSSL
    return -ENOTSUP;
}

static int start(struct srtp_engine *engine)
{
    static const char *const names[IMB_ARCH_NUM] = {"none", "noaesni", "sse", "avx", "avx2", "avx512"};
    struct ipsec_mb *mb = aligned_alloc(64, (sizeof(*mb) + 63) & ~(size_t)63);
    if (mb == NULL)
        return -ENOMEM;
    IMB_ARCH arch = IMB_ARCH_NONE;
    int error = start_manager(mb, &arch);
    if (error == 0 && (error = ipsec_mb_hmac_start(&mb->hmac, mb->manager, arch)) != 0)
        free_mb_mgr(mb->manager);
    if (error != 0) {
        free(mb);
        return error;
    }
    prepare_counters(mb);
    mb->expansion_length = measure_expansion(mb->manager);
    engine->state = mb;
    engine->keys_size = offsetof(struct srtp_keys, gcm.key_data) + mb->expansion_length;
    snprintf(engine->description, sizeof(engine->description), "ipsec-mb %s (%s)", imb_get_version_str(), names[arch]);
    return 0;
}

static void stop(struct srtp_engine *engine)
{
    struct ipsec_mb *mb = engine->state;
    ipsec_mb_hmac_stop(&mb->hmac);
    free_mb_mgr(mb->manager);
    explicit_bzero(mb, sizeof(*mb));
    free(mb);
}

static void expand_cm(struct srtp_engine *engine, const uint8_t *key, struct srtp_keys *keys)
{
    struct ipsec_mb *mb = engine->state;
    _Alignas(16) uint8_t decryption[176]; // not used by counter mode
    IMB_AES_KEYEXP_128(mb->manager, key, keys->cm.schedule, decryption);
    explicit_bzero(decryption, sizeof(decryption));
}

static void expand_gcm(struct srtp_engine *engine, const uint8_t *key, size_t length, struct srtp_keys *keys)
{
    struct ipsec_mb *mb = engine->state;
    if (length == IMB_KEY_256_BYTES)
        IMB_AES256_GCM_PRE(mb->manager, key, &mb->expansion);
    else
        IMB_AES128_GCM_PRE(mb->manager, key, &mb->expansion);
    memcpy(keys->gcm.key_data, &mb->expansion, mb->expansion_length);
    explicit_bzero(&mb->expansion, sizeof(mb->expansion));
}

// RFC 2104 2: the states of SHA-1 after the key xor ipad, and after the key xor opad.
static void expand_hmac(struct srtp_engine *engine, const uint8_t block[64], struct hmac_sha1_key *key)
{
    struct ipsec_mb *mb = engine->state;
    uint8_t pad[64];
    for (unsigned i = 0; i < sizeof(pad); i++)
        pad[i] = block[i] ^ 0x36;
    IMB_SHA1_ONE_BLOCK(mb->manager, pad, key->bytes);
    for (unsigned i = 0; i < sizeof(pad); i++)
        pad[i] = block[i] ^ 0x5c;
    IMB_SHA1_ONE_BLOCK(mb->manager, pad, key->bytes + HMAC_OUTER_STATE);
    explicit_bzero(pad, sizeof(pad));
}

static void sha1(struct srtp_engine *engine, const uint8_t *message, size_t length, uint8_t *ret_digest)
{
    struct ipsec_mb *mb = engine->state;
    IMB_SHA1(mb->manager, message, length, ret_digest);
}

static void keystream(struct srtp_engine *engine, const uint8_t *key, size_t key_length, const uint8_t iv[16],
                      uint8_t *out, size_t length)
{
    static const uint8_t zeros[256];
    struct ipsec_mb *mb = engine->state;
    _Alignas(16) uint8_t schedule[240], decryption[240];
    if (key_length == IMB_KEY_256_BYTES)
        IMB_AES_KEYEXP_256(mb->manager, key, schedule, decryption);
    else
        IMB_AES_KEYEXP_128(mb->manager, key, schedule, decryption);
    IMB_JOB job = mb->counters[0];
    job.key_len_in_bytes = key_length;
    job.enc_keys = schedule;
    job.src = zeros;
    job.dst = out;
    job.msg_len_to_cipher_in_bytes = length;
    job.iv = iv;
    unsigned done = IMB_SUBMIT_CIPHER_BURST_NOCHECK(mb->manager, &job, 1, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT,
                                                    (IMB_KEY_SIZE_BYTES)key_length);
    cipher_must(done == 1);
    explicit_bzero(schedule, sizeof(schedule));
    explicit_bzero(decryption, sizeof(decryption));
}

static void counter(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count)
{
    struct ipsec_mb *mb = engine->state;
    for (unsigned i = 0; i < count; i++) {
        IMB_JOB *job = &mb->counters[i];
        job->enc_keys = jobs[i].keys->cm.schedule;
        job->src = jobs[i].src;
        job->dst = jobs[i].dst;
        job->msg_len_to_cipher_in_bytes = jobs[i].length;
        job->iv = jobs[i].iv;
    }
    unsigned done = IMB_SUBMIT_CIPHER_BURST_NOCHECK(mb->manager, mb->counters, count, IMB_CIPHER_CNTR, IMB_DIR_ENCRYPT,
                                                    IMB_KEY_128_BYTES);
    cipher_must(done == count);
}

static void hmac(struct srtp_engine *engine, const struct hmac_sha1_job *jobs, unsigned count)
{
    struct ipsec_mb *mb = engine->state;
    ipsec_mb_hmac(&mb->hmac, jobs, count);
}

static const struct gcm_key_data *gcm_key(const struct cipher_job *job)
{
    return (const struct gcm_key_data *)(const void *)job->keys->gcm.key_data;
}

// The key data of a packet that comes soon, into the first cache level: round keys, and the powers of the hash key that
// its blocks need, of which the lowest stand last.
static inline void prefetch_key(const struct ipsec_mb *mb, const struct cipher_job *job)
{
    const char *key = (const char *)job->keys->gcm.key_data, *end = key + mb->expansion_length;
    size_t powers = (job->length + 2 * AES_BLOCK + LINE - 1) / LINE * LINE;
    if (powers > mb->expansion_length - ROUND_KEYS)
        powers = mb->expansion_length - ROUND_KEYS;
    for (unsigned offset = 0; offset < ROUND_KEYS; offset += LINE)
        __builtin_prefetch(key + offset);
    for (const char *line = end - powers; line < end; line += LINE)
        __builtin_prefetch(line);
}

static void seal(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count)
{
    const struct ipsec_mb *mb = engine->state;
    const aes_gcm_enc_dec_t encrypt_128 = mb->manager->gcm128_enc, encrypt_256 = mb->manager->gcm256_enc;
    struct gcm_context_data context;
    for (const struct cipher_job *job = jobs; job < jobs + count; job++) {
        if (job + KEYS_AHEAD < jobs + count)
            prefetch_key(mb, job + KEYS_AHEAD);
        aes_gcm_enc_dec_t encrypt = job->keys->suite == SRTP_SUITE_AEAD_AES_256_GCM ? encrypt_256 : encrypt_128;
        encrypt(gcm_key(job), &context, job->dst, job->src, job->length, job->iv, job->aad, job->aad_length, job->tag,
                GCM_TAG);
    }
}

static unsigned open(struct srtp_engine *engine, struct cipher_job *jobs, unsigned count)
{
    const struct ipsec_mb *mb = engine->state;
    const aes_gcm_enc_dec_t decrypt_128 = mb->manager->gcm128_dec, decrypt_256 = mb->manager->gcm256_dec;
    struct gcm_context_data context;
    uint8_t tag[GCM_TAG];
    unsigned authentic = 0;
    for (struct cipher_job *job = jobs; job < jobs + count; job++) {
        if (job + KEYS_AHEAD < jobs + count)
            prefetch_key(mb, job + KEYS_AHEAD);
        aes_gcm_enc_dec_t decrypt = job->keys->suite == SRTP_SUITE_AEAD_AES_256_GCM ? decrypt_256 : decrypt_128;
        decrypt(gcm_key(job), &context, job->dst, job->src, job->length, job->iv, job->aad, job->aad_length, tag,
                GCM_TAG);
        job->authentic = tag_equal(tag, job->tag, GCM_TAG);
        authentic += job->authentic;
    }
    return authentic;
}

const struct cipher cipher_ipsec_mb = {
    .backend = SRTP_BACKEND_IPSEC_MB,
    .start = start,
    .stop = stop,
    .expand_cm = expand_cm,
    .expand_gcm = expand_gcm,
    .expand_hmac = expand_hmac,
    .sha1 = sha1,
    .keystream = keystream,
    .counter = counter,
    .hmac = hmac,
    .seal = seal,
    .open = open,
};
