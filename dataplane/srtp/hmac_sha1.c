// SPDX-License-Identifier: Apache-2.0
#include "hmac_sha1.h"
#include "cipher.h"
#include <openssl/crypto.h>
#include <string.h>

void hmac_sha1_key_init(struct srtp_engine *engine, const uint8_t *key, size_t length, struct hmac_sha1_key *ret_key)
{
    uint8_t block[64] = {0};
    if (length > sizeof(block))
        engine->cipher->sha1(engine, key, length, block);
    else
        memcpy(block, key, length);
    engine->cipher->expand_hmac(engine, block, ret_key);
    explicit_bzero(block, sizeof(block));
}

void hmac_sha1(struct srtp_engine *engine, const struct hmac_sha1_key *key, const uint8_t *message, uint32_t length,
               uint8_t ret_tag[HMAC_SHA1_LENGTH])
{
    const struct hmac_sha1_job job = {.key = key, .message = message, .length = length, .ret_tag = ret_tag};
    engine->cipher->hmac(engine, &job, 1);
}

void hmac_sha1_burst(struct srtp_engine *engine, const struct hmac_sha1_job *jobs, unsigned count)
{
    for (unsigned done = 0; done < count; done += SRTP_BURST_MAX)
        engine->cipher->hmac(engine, jobs + done, count - done < SRTP_BURST_MAX ? count - done : SRTP_BURST_MAX);
}

bool hmac_sha1_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}
