// SPDX-License-Identifier: Apache-2.0
// RFC 3711 B.3 and RFC 6188 7.4, byte for byte, on each backend; and the session keys of a transport are those.
#include "derive_keys.h"
#include "rfc3711.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>

static void derive(struct srtp_engine *engine, const char *key, const char *salt, uint8_t label, const char *wanted)
{
    uint8_t master_key[32], master_salt[14], expected[128], got[128];
    size_t key_length = hex_read(key, master_key, sizeof(master_key));
    size_t salt_length = hex_read(salt, master_salt, sizeof(master_salt));
    size_t length = hex_read(wanted, expected, sizeof(expected));
    srtp_derive_key(engine, master_key, key_length, master_salt, salt_length, label, got, length);
    check_bytes("derived key", got, expected, length);
}

static void gives_rfc_3711_b3(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(rfc3711_b3_keys) / sizeof(rfc3711_b3_keys[0]); i++)
            derive(engines[e], rfc3711_b3_master_key, rfc3711_b3_master_salt, rfc3711_b3_keys[i].label,
                   rfc3711_b3_keys[i].key);
}

static void gives_rfc_6188_with_256_bits(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(rfc6188_keys) / sizeof(rfc6188_keys[0]); i++)
            derive(engines[e], rfc6188_master_key, rfc6188_master_salt, rfc6188_keys[i].label, rfc6188_keys[i].key);
}

static void gives_each_use_its_labels(void)
{
    uint8_t key[16], salt[14], wanted[128];
    hex_read(rfc3711_b3_master_key, key, sizeof(key));
    hex_read(rfc3711_b3_master_salt, salt, sizeof(salt));
    for (unsigned e = 0; e < engine_count; e++) {
        for (unsigned use = SRTP_USE_RTP; use <= SRTP_USE_RTCP; use++) {
            struct srtp_session_keys session;
            CU_ASSERT_EQUAL_FATAL(
                srtp_derive_keys(engines[e], SRTP_SUITE_AES_CM_128_HMAC_SHA1_80, use, key, salt, &session), 0);
            hex_read(rfc3711_b3_keys[3 * use].key, wanted, sizeof(wanted));
            check_bytes("encryption key", session.key, wanted, 16);
            hex_read(rfc3711_b3_keys[3 * use + 1].key, wanted, sizeof(wanted));
            check_bytes("authentication key", session.auth_key, wanted, 20);
            hex_read(rfc3711_b3_keys[3 * use + 2].key, wanted, sizeof(wanted));
            check_bytes("salt", session.salt, wanted, 14);
        }
    }
}

static void refuses_an_unknown_suite(void)
{
    static const uint8_t key[32], salt[14];
    struct srtp_session_keys session;
    CU_ASSERT_EQUAL(srtp_derive_keys(engines[0], 3, SRTP_USE_RTP, key, salt, &session), -EINVAL);
}

void derive_keys_suite(void)
{
    CU_pSuite suite = CU_add_suite("derive_keys", NULL, NULL);
    CU_ADD_TEST(suite, gives_rfc_3711_b3);
    CU_ADD_TEST(suite, gives_rfc_6188_with_256_bits);
    CU_ADD_TEST(suite, gives_each_use_its_labels);
    CU_ADD_TEST(suite, refuses_an_unknown_suite);
}
