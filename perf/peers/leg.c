// SPDX-License-Identifier: Apache-2.0
#include "leg.h"

#include <errno.h>
#include <openssl/rand.h>
#include <string.h>

#define WINDOW_SIZE 4096

static const struct leg_suite suites[] = {
    {"sha1_80", "AES_CM_128_HMAC_SHA1_80", 16, 14, srtp_crypto_policy_set_rtp_default},
    {"sha1_32", "AES_CM_128_HMAC_SHA1_32", 16, 14, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32},
    {"gcm_128", "AEAD_AES_128_GCM", 16, 12, srtp_crypto_policy_set_aes_gcm_128_16_auth},
    {"gcm_256", "AEAD_AES_256_GCM", 32, 12, srtp_crypto_policy_set_aes_gcm_256_16_auth},
};

const struct leg_suite *leg_suite_find(const char *name)
{
    for (unsigned i = 0; i < sizeof(suites) / sizeof(*suites); i++)
        if (strcmp(suites[i].name, name) == 0 || strcmp(suites[i].sdes, name) == 0)
            return &suites[i];
    return NULL;
}

int leg_open(const struct leg_suite *suite, const uint8_t *master, bool outbound, srtp_t *ret_session)
{
    uint8_t key[LEG_MASTER_MAX];
    memcpy(key, master, leg_master_size(suite));
    srtp_policy_t policy = {
        .ssrc = {.type = outbound ? ssrc_any_outbound : ssrc_any_inbound}, .key = key, .window_size = WINDOW_SIZE};
    suite->set(&policy.rtp);
    suite->set(&policy.rtcp);
    return srtp_create(ret_session, &policy) == srtp_err_status_ok ? 0 : -EINVAL;
}

void leg_random_master(const struct leg_suite *suite, uint8_t ret_master[LEG_MASTER_MAX])
{
    RAND_bytes(ret_master, (int)leg_master_size(suite));
}
