// SPDX-License-Identifier: Apache-2.0
// SRTCP: RFC 7714 section 17, no packet without encryption, bad lengths, forged packets, memory that is never touched.
#include "derive_keys.h"
#include "rfc7714.h"
#include "srtcp.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

static const uint16_t suites[] = {1, 2, 7, 8};
enum { SUITES = sizeof(suites) / sizeof(suites[0]) };

static struct srtp_keys test_keys(struct srtp_engine *engine, uint16_t suite)
{
    static const uint8_t key[SRTP_KEY_LENGTH_MAX] = "the master key of these tests..",
                         salt[SRTP_SALT_LENGTH_MAX] = "salt";
    struct srtp_keys keys;
    CU_ASSERT_EQUAL_FATAL(srtp_keys_init(engine, suite, SRTP_USE_RTCP, key, salt, &keys), 0);
    return keys;
}

static uint32_t trailer_of(uint16_t suite)
{
    return SRTCP_INDEX_LENGTH + (uint32_t)srtp_suites[suite].rtcp_tag_length;
}

static void run_rfc_7714(struct srtp_engine *engine, const struct rfc7714_vector *vector)
{
    uint8_t plain[128], wanted[128], data[128];
    struct srtp_session_keys session = {0};
    struct srtp_keys keys;
    hex_read(vector->key, session.key, sizeof(session.key));
    hex_read(rfc7714_salt, session.salt, sizeof(session.salt));
    CU_ASSERT_EQUAL(srtp_keys_expand(engine, vector->suite, SRTP_USE_RTCP, &session, &keys), 0);
    uint32_t length = (uint32_t)hex_read(vector->plain, plain, sizeof(plain));
    uint32_t protected = (uint32_t)hex_read(vector->protected, wanted, sizeof(wanted));
    struct srtcp_packet packet = {
        .keys = &keys, .data = data, .length = length, .capacity = protected, .index = vector->index};
    if (vector->encrypted) {
        memcpy(data, plain, length);
        CU_ASSERT_EQUAL(srtcp_protect_burst(engine, &packet, 1), 1);
        CU_ASSERT_EQUAL(packet.ret_length, protected);
        check_bytes(vector->section, data, wanted, protected);
    }
    memcpy(data, wanted, protected);
    packet.length = protected;
    packet.index = 0;
    unsigned authentic = srtcp_unprotect_burst(engine, &packet, 1);
    CU_ASSERT_EQUAL(authentic, vector->encrypted);
    CU_ASSERT_EQUAL(packet.result, vector->encrypted ? 0 : -EPROTO); // valid, but in the clear: refused all the same
    check_bytes(vector->section, data, vector->encrypted ? plain : wanted, vector->encrypted ? length : protected);
    if (vector->encrypted)
        CU_ASSERT_EQUAL(packet.index, vector->index);
}

static void gives_rfc_7714_and_refuses_what_is_in_the_clear(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(rfc7714_vectors) / sizeof(rfc7714_vectors[0]); i++)
            if (rfc7714_vectors[i].rtcp)
                run_rfc_7714(engines[e], &rfc7714_vectors[i]);
}

static const struct {
    uint32_t length, spare, index;
    int result;
} rows[] = {
    {8, 0, 0, 0},
    {28, 0, 1, 0},
    {28, 9, 0x7fffffff, 0},
    {28, (uint32_t)-1, 1, -ENOBUFS},
    {7, 0, 1, -EINVAL},
    {0, 0, 1, -EINVAL},
    {65536, 0, 1, -EINVAL},
    {0xffffffff, 0, 1, -EINVAL},
    {28, 0, 0x80000000, -EINVAL},
};

static void refuses_bad_lengths_before_it_writes(void)
{
    uint8_t data[128], before[128];
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++)
            for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct srtp_keys keys = test_keys(engines[e], suites[s]);
                memset(data, 0x80, sizeof(data));
                memcpy(before, data, sizeof(data));
                struct srtcp_packet packet = {.keys = &keys,
                                              .data = data,
                                              .length = rows[i].length,
                                              .capacity = rows[i].length + trailer_of(suites[s]) + rows[i].spare,
                                              .index = rows[i].index};
                CU_ASSERT_EQUAL(srtcp_protect_burst(engines[e], &packet, 1), rows[i].result == 0);
                CU_ASSERT_EQUAL(packet.result, rows[i].result);
                if (packet.result != 0)
                    check_bytes("refused packet", data, before, sizeof(data));
            }
}

static void refuses_short_and_unencrypted_packets(void)
{
    uint8_t data[64], before[64];
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            for (uint32_t length = 0; length < sizeof(data); length++) {
                memset(data, 0x7f, sizeof(data)); // E = 0 wherever the index stands
                memcpy(before, data, sizeof(data));
                struct srtcp_packet packet = {.keys = &keys, .data = data, .length = length};
                CU_ASSERT_EQUAL(srtcp_unprotect_burst(engines[e], &packet, 1), 0);
                CU_ASSERT_EQUAL(packet.result,
                                length < SRTCP_HEADER_LENGTH + trailer_of(suites[s]) ? -EBADMSG : -EPROTO);
                uint32_t index = 5;
                CU_ASSERT_EQUAL(srtcp_read_index(suites[s], data, length, &index), packet.result);
                CU_ASSERT_EQUAL(index, 5);
                check_bytes("refused packet", data, before, sizeof(data));
            }
        }
}

static void leaves_a_forged_packet_as_it_came(void)
{
    uint8_t plain[80], sealed[80], data[80];
    memset(plain, 0x81, sizeof(plain));
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            memcpy(sealed, plain, sizeof(plain));
            struct srtcp_packet packet = {.keys = &keys, .data = sealed, .length = 52, .capacity = 80, .index = 0x1234};
            CU_ASSERT_EQUAL_FATAL(srtcp_protect_burst(engines[e], &packet, 1), 1);
            packet.data = data;
            packet.length = packet.ret_length;
            for (unsigned bit = 0; bit < 8 * packet.length; bit++) {
                sealed[bit / 8] ^= 1 << bit % 8;
                memcpy(data, sealed, sizeof(data));
                CU_ASSERT_EQUAL(srtcp_unprotect_burst(engines[e], &packet, 1), 0);
                CU_ASSERT_TRUE(packet.result == -EBADMSG || packet.result == -EPROTO);
                check_bytes("forged packet", data, sealed, sizeof(data));
                sealed[bit / 8] ^= 1 << bit % 8;
            }
            memcpy(data, sealed, sizeof(data));
            CU_ASSERT_EQUAL(srtcp_unprotect_burst(engines[e], &packet, 1), 1);
            CU_ASSERT_EQUAL(packet.index, 0x1234);
            check_bytes("plaintext", data, plain, 52);
        }
}

static void touches_nothing_beyond_the_packet(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            for (uint32_t length = 8; length < 300; length++) {
                uint32_t capacity = length + trailer_of(suites[s]);
                uint8_t *data = guarded_new(capacity);
                memset(data, 0x81, length);
                struct srtcp_packet packet = {.keys = &keys, .data = data, .length = length, .capacity = capacity};
                CU_ASSERT_EQUAL(srtcp_protect_burst(engines[e], &packet, 1), 1);
                packet.length = packet.ret_length;
                CU_ASSERT_EQUAL(srtcp_unprotect_burst(engines[e], &packet, 1), 1);
                CU_ASSERT_EQUAL(packet.ret_length, length);
                guarded_free(data, capacity);
            }
        }
}

void srtcp_suite(void)
{
    CU_pSuite suite = CU_add_suite("srtcp", NULL, NULL);
    CU_ADD_TEST(suite, gives_rfc_7714_and_refuses_what_is_in_the_clear);
    CU_ADD_TEST(suite, refuses_bad_lengths_before_it_writes);
    CU_ADD_TEST(suite, refuses_short_and_unencrypted_packets);
    CU_ADD_TEST(suite, leaves_a_forged_packet_as_it_came);
    CU_ADD_TEST(suite, touches_nothing_beyond_the_packet);
}
