// SPDX-License-Identifier: Apache-2.0
#include "ipsec_mb_hmac.h"
#include "cipher.h"
#include <errno.h>
#include <x86intrin.h>

enum {
    TRIAL_LENGTH = 1024,
    TRIALS = 8,
};

static void submit(IMB_MGR *manager, IMB_JOB *jobs, unsigned count)
{
    unsigned done = IMB_SUBMIT_HASH_BURST_NOCHECK(manager, jobs, count, IMB_AUTH_HMAC_SHA_1);
    cipher_must(done == count);
}

static void fill(struct ipsec_mb_hmac *hmac, const struct hmac_sha1_job *jobs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        IMB_JOB *job = &hmac->jobs[i];
        job->src = jobs[i].message;
        job->msg_len_to_hash_in_bytes = jobs[i].length;
        job->auth_tag_output = jobs[i].ret_tag;
        job->u.HMAC._hashed_auth_key_xor_ipad = jobs[i].key->bytes;
        job->u.HMAC._hashed_auth_key_xor_opad = jobs[i].key->bytes + HMAC_OUTER_STATE;
    }
}

void ipsec_mb_hmac(struct ipsec_mb_hmac *hmac, const struct hmac_sha1_job *jobs, unsigned count)
{
    unsigned rest = count % hmac->lanes, few = rest <= hmac->few_most ? rest : 0;
    fill(hmac, jobs, count);
    if (count > few)
        submit(hmac->many, hmac->jobs, count - few);
    if (few > 0)
        submit(hmac->few, hmac->jobs + count - few, few);
}

// The best of some trials, in cycles: others may have the processor meanwhile.
static uint64_t time_messages(IMB_MGR *manager, IMB_JOB *jobs, unsigned count)
{
    uint64_t best = UINT64_MAX;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        uint64_t began = __rdtsc();
        submit(manager, jobs, count);
        uint64_t cycles = __rdtsc() - began;
        if (cycles < best)
            best = cycles;
    }
    return best;
}

static unsigned measure_few(struct ipsec_mb_hmac *hmac)
{
    static const uint8_t message[TRIAL_LENGTH];
    static const struct hmac_sha1_key key;
    uint8_t tags[SRTP_BURST_MAX][HMAC_SHA1_LENGTH];
    struct hmac_sha1_job jobs[SRTP_BURST_MAX];
    unsigned most = 0;
    for (unsigned i = 0; i < hmac->lanes; i++)
        jobs[i] = (struct hmac_sha1_job){.key = &key, .message = message, .length = TRIAL_LENGTH, .ret_tag = tags[i]};
    fill(hmac, jobs, hmac->lanes);
    while (most + 1 < hmac->lanes &&
           time_messages(hmac->few, hmac->jobs, most + 1) < time_messages(hmac->many, hmac->jobs, most + 1))
        most++;
    return most;
}

// The library's SSE code, which uses the SHA instructions where there are any.
static int start_few(struct ipsec_mb_hmac *hmac)
{
    if (!(hmac->many->features & IMB_FEATURE_SHANI))
        return 0;
    hmac->few = alloc_mb_mgr(0);
    if (hmac->few == NULL)
        return -ENOMEM;
    init_mb_mgr_sse(hmac->few);
    if (imb_get_errno(hmac->few) == 0)
        hmac->few_most = measure_few(hmac);
    return 0;
}

int ipsec_mb_hmac_start(struct ipsec_mb_hmac *hmac, IMB_MGR *many, IMB_ARCH arch)
{
    static const unsigned lanes[IMB_ARCH_NUM] = {[IMB_ARCH_AVX2] = 8, [IMB_ARCH_AVX512] = 16};
    *hmac = (struct ipsec_mb_hmac){.many = many, .lanes = lanes[arch] ? lanes[arch] : 4};
    for (unsigned i = 0; i < SRTP_BURST_MAX; i++)
        hmac->jobs[i] = (IMB_JOB){.cipher_mode = IMB_CIPHER_NULL,
                                  .cipher_direction = IMB_DIR_ENCRYPT,
                                  .chain_order = IMB_ORDER_HASH_CIPHER,
                                  .hash_alg = IMB_AUTH_HMAC_SHA_1,
                                  .auth_tag_output_len_in_bytes = HMAC_SHA1_LENGTH};
    return start_few(hmac);
}

void ipsec_mb_hmac_stop(struct ipsec_mb_hmac *hmac)
{
    if (hmac->few != NULL)
        free_mb_mgr(hmac->few);
}
