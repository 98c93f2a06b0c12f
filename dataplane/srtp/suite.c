// SPDX-License-Identifier: Apache-2.0
#include "suite.h"
#include <string.h>

const struct srtp_suite srtp_suites[SRTP_SUITE_TABLE_LENGTH] = {
    [SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = {.name = "AES_CM_128_HMAC_SHA1_80",
                                            .id = SRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
                                            .key_length = 16,
                                            .salt_length = 14,
                                            .rtp_tag_length = 10,
                                            .rtcp_tag_length = 10},
    [SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = {.name = "AES_CM_128_HMAC_SHA1_32",
                                            .id = SRTP_SUITE_AES_CM_128_HMAC_SHA1_32,
                                            .key_length = 16,
                                            .salt_length = 14,
                                            .rtp_tag_length = 4,
                                            .rtcp_tag_length = 10},
    [SRTP_SUITE_AEAD_AES_128_GCM] = {.name = "AEAD_AES_128_GCM",
                                     .id = SRTP_SUITE_AEAD_AES_128_GCM,
                                     .key_length = 16,
                                     .salt_length = 12,
                                     .rtp_tag_length = 16,
                                     .rtcp_tag_length = 16,
                                     .aead = true},
    [SRTP_SUITE_AEAD_AES_256_GCM] = {.name = "AEAD_AES_256_GCM",
                                     .id = SRTP_SUITE_AEAD_AES_256_GCM,
                                     .key_length = 32,
                                     .salt_length = 12,
                                     .rtp_tag_length = 16,
                                     .rtcp_tag_length = 16,
                                     .aead = true},
};

const struct srtp_suite *srtp_suite_find(uint16_t id)
{
    return id < SRTP_SUITE_TABLE_LENGTH && srtp_suites[id].name != NULL ? &srtp_suites[id] : NULL;
}

const struct srtp_suite *srtp_suite_find_name(const char *name, size_t length)
{
    for (uint16_t id = 0; id < SRTP_SUITE_TABLE_LENGTH; id++) {
        const struct srtp_suite *suite = srtp_suite_find(id);
        if (suite != NULL && strlen(suite->name) == length && memcmp(suite->name, name, length) == 0)
            return suite;
    }
    return NULL;
}
