// SPDX-License-Identifier: Apache-2.0
// The suites are those of the IANA registry, and only those.
#include "suite.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <string.h>

static const struct srtp_suite rows[] = {
    {"AES_CM_128_HMAC_SHA1_80", 1, 16, 14, 10, 10, false},
    {"AES_CM_128_HMAC_SHA1_32", 2, 16, 14, 4, 10, false}, // RFC 3711 5.2: SRTCP keeps 80 bits
    {"AEAD_AES_128_GCM", 7, 16, 12, 16, 16, true},
    {"AEAD_AES_256_GCM", 8, 32, 12, 16, 16, true},
};

static void finds_each_by_id_and_by_name(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct srtp_suite *suite = srtp_suite_find(rows[i].id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(suite);
        CU_ASSERT_STRING_EQUAL(suite->name, rows[i].name);
        CU_ASSERT_EQUAL(suite->key_length, rows[i].key_length);
        CU_ASSERT_EQUAL(suite->salt_length, rows[i].salt_length);
        CU_ASSERT_EQUAL(suite->rtp_tag_length, rows[i].rtp_tag_length);
        CU_ASSERT_EQUAL(suite->rtcp_tag_length, rows[i].rtcp_tag_length);
        CU_ASSERT_EQUAL(suite->aead, rows[i].aead);
        CU_ASSERT_PTR_EQUAL(srtp_suite_find_name(rows[i].name, strlen(rows[i].name)), suite);
    }
}

static void refuses_what_is_not_spoken(void)
{
    static const uint16_t ids[] = {0, 3, 4, 5, 6, 9, 10, 0xffff}; // NULL ciphers, double GCM, ARIA
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        CU_ASSERT_PTR_NULL(srtp_suite_find(ids[i]));
    CU_ASSERT_PTR_NULL(srtp_suite_find_name("AES_CM_128_HMAC_SHA1_8", 22));
    CU_ASSERT_PTR_NULL(srtp_suite_find_name("NULL_HMAC_SHA1_80", 17));
    CU_ASSERT_PTR_NULL(srtp_suite_find_name("", 0));
}

void suite_suite(void)
{
    CU_pSuite suite = CU_add_suite("suite", NULL, NULL);
    CU_ADD_TEST(suite, finds_each_by_id_and_by_name);
    CU_ADD_TEST(suite, refuses_what_is_not_spoken);
}
