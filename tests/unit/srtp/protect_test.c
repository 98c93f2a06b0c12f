// SPDX-License-Identifier: Apache-2.0
// SRTP: the RFCs' vectors, lengths that must be refused before a byte is written, packets that stay as they came, and
// memory that is never touched.
#include "cipher.h"
#include "derive_keys.h"
#include "iv.h"
#include "packet_index.h"
#include "protect.h"
#include "rfc3711.h"
#include "rfc7714.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>

static const uint16_t suites[] = {1, 2, 7, 8};
enum { SUITES = sizeof(suites) / sizeof(suites[0]) };

static struct srtp_keys test_keys(struct srtp_engine *engine, uint16_t suite)
{
    static const uint8_t key[SRTP_KEY_LENGTH_MAX] = "the master key of these tests..",
                         salt[SRTP_SALT_LENGTH_MAX] = "salt";
    struct srtp_keys keys;
    CU_ASSERT_EQUAL_FATAL(srtp_keys_init(engine, suite, SRTP_USE_RTP, key, salt, &keys), 0);
    return keys;
}

static void gives_the_keystream_of_rfc_3711_b2(void)
{
    static uint8_t zeros[RFC3711_B2_LENGTH], keystream[RFC3711_B2_LENGTH];
    struct srtp_session_keys session = {0};
    hex_read(rfc3711_b2_key, session.key, sizeof(session.key));
    hex_read(rfc3711_b2_salt, session.salt, sizeof(session.salt));
    for (unsigned e = 0; e < engine_count; e++) {
        struct srtp_keys keys;
        CU_ASSERT_EQUAL(srtp_keys_expand(engines[e], 1, SRTP_USE_RTP, &session, &keys), 0);
        struct cipher_job job = {.keys = &keys, .src = zeros, .dst = keystream, .length = sizeof(zeros)};
        iv_cm(&keys, 0, 0, job.iv);
        engines[e]->cipher->counter(engines[e], &job, 1);
        for (size_t i = 0; i < sizeof(rfc3711_b2_blocks) / sizeof(rfc3711_b2_blocks[0]); i++) {
            uint8_t wanted[16];
            hex_read(rfc3711_b2_blocks[i].keystream, wanted, sizeof(wanted));
            check_bytes("keystream", keystream + 16 * rfc3711_b2_blocks[i].counter, wanted, 16);
        }
        uint8_t packet[12 + 48 + 10] = {0};
        struct srtp_packet first = {
            .keys = &keys, .src = zeros, .dst = packet, .length = 60, .header_length = 12, .capacity = sizeof(packet)};
        CU_ASSERT_EQUAL(srtp_protect_burst(engines[e], &first, 1), 1);
        check_bytes("payload", packet + 12, keystream, 48);
    }
}

static uint32_t read_be(const uint8_t *bytes, unsigned length)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void run_rfc_7714(struct srtp_engine *engine, const struct rfc7714_vector *vector)
{
    uint8_t plain[128], wanted[128], data[128];
    struct srtp_session_keys session = {0};
    struct srtp_keys keys;
    hex_read(vector->key, session.key, sizeof(session.key));
    hex_read(rfc7714_salt, session.salt, sizeof(session.salt));
    CU_ASSERT_EQUAL(srtp_keys_expand(engine, vector->suite, SRTP_USE_RTP, &session, &keys), 0);
    uint32_t length = (uint32_t)hex_read(vector->plain, plain, sizeof(plain));
    uint32_t protected = (uint32_t)hex_read(vector->protected, wanted, sizeof(wanted));
    memcpy(data, plain, length);
    // A packet that is all header is authenticated only.
    uint32_t header_length = vector->encrypted ? 12 : length;
    struct srtp_packet packet = {.keys = &keys,
                                 .src = data + header_length,
                                 .dst = data,
                                 .length = length,
                                 .header_length = header_length,
                                 .capacity = protected,
                                 .index = read_be(plain + 2, 2),
                                 .ssrc = read_be(plain + 8, 4)};
    CU_ASSERT_EQUAL(srtp_protect_burst(engine, &packet, 1), 1);
    CU_ASSERT_EQUAL(packet.ret_length, protected);
    check_bytes(vector->section, data, wanted, protected);
    packet.length = protected;
    CU_ASSERT_EQUAL(srtp_unprotect_burst(engine, &packet, 1), 1);
    CU_ASSERT_EQUAL(packet.ret_length, length);
    check_bytes(vector->section, data, plain, length);
}

static void gives_rfc_7714(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(rfc7714_vectors) / sizeof(rfc7714_vectors[0]); i++)
            if (!rfc7714_vectors[i].rtcp)
                run_rfc_7714(engines[e], &rfc7714_vectors[i]);
}

static const struct {
    uint32_t length, header_length, spare; // capacity = length + tag length + spare
    uint64_t index;
    int result;
} protect_rows[] = {
    {100, 12, 0, 0, 0},
    {100, 12, 50, SRTP_INDEX_MAX, 0},
    {12, 12, 0, 7, 0}, // no payload
    {13, 12, 0, 7, 0},
    {100, 100, 0, 7, 0},
    {100, 12, (uint32_t)-1, 7, -ENOBUFS},
    {100, 12, (uint32_t)-4, 7, -ENOBUFS},
    {100, 101, 0, 7, -EINVAL},
    {100, 11, 0, 7, -EINVAL},
    {11, 11, 0, 7, -EINVAL},
    {0, 0, 0, 7, -EINVAL},
    {5, 12, 0, 7, -EINVAL},
    {65536, 12, 0, 7, -EINVAL},
    {0xffffffff, 12, 0, 7, -EINVAL},
    {0xffffffff, 0xffffffff, 0, 7, -EINVAL},
    {100, 12, 0, SRTP_INDEX_MAX + 1, -EINVAL},
    {100, 12, 0, SRTP_INDEX_NONE, -EINVAL},
};

static void refuses_bad_lengths_before_it_writes(void)
{
    static uint8_t data[256], before[256];
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++)
            for (size_t i = 0; i < sizeof(protect_rows) / sizeof(protect_rows[0]); i++) {
                struct srtp_keys keys = test_keys(engines[e], suites[s]);
                uint32_t tag_length = srtp_suites[suites[s]].rtp_tag_length;
                memset(data, 0x5a, sizeof(data));
                memcpy(before, data, sizeof(data));
                struct srtp_packet packet = {.keys = &keys,
                                             .src = data + 12,
                                             .dst = data,
                                             .ret_length = 77,
                                             .length = protect_rows[i].length,
                                             .header_length = protect_rows[i].header_length,
                                             .capacity = protect_rows[i].length + tag_length + protect_rows[i].spare,
                                             .index = protect_rows[i].index};
                packet.src = data + protect_rows[i].header_length;
                CU_ASSERT_EQUAL(srtp_protect_burst(engines[e], &packet, 1), protect_rows[i].result == 0);
                CU_ASSERT_EQUAL(packet.result, protect_rows[i].result);
                if (packet.result != 0)
                    check_bytes("refused packet", data, before, sizeof(data));
            }
}

static void refuses_short_packets_at_unprotect(void)
{
    uint8_t data[128], before[128];
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            uint32_t tag_length = srtp_suites[suites[s]].rtp_tag_length;
            memset(data, 0x33, sizeof(data));
            memcpy(before, data, sizeof(data));
            for (uint32_t length = 0; length < 12 + tag_length + 3; length++) {
                struct srtp_packet packet = {
                    .keys = &keys, .dst = data, .length = length, .header_length = 12, .index = 5};
                CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], &packet, 1), 0);
                CU_ASSERT_EQUAL(packet.result, length < 12 ? -EINVAL : -EBADMSG);
                check_bytes("refused packet", data, before, sizeof(data));
            }
        }
}

// Each single wrong bit, a wrong index and a wrong SSRC are found, and the packet is then as it came.
static void leaves_a_forged_packet_as_it_came(void)
{
    uint8_t plain[80], sealed[80], data[80];
    for (unsigned i = 0; i < sizeof(plain); i++)
        plain[i] = (uint8_t)i;
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            memcpy(sealed, plain, sizeof(plain));
            struct srtp_packet packet = {.keys = &keys,
                                         .src = sealed + 16,
                                         .dst = sealed,
                                         .length = 60,
                                         .header_length = 16,
                                         .capacity = 80,
                                         .index = 0x12345,
                                         .ssrc = 99};
            CU_ASSERT_EQUAL_FATAL(srtp_protect_burst(engines[e], &packet, 1), 1);
            packet.dst = data;
            packet.length = packet.ret_length;
            for (unsigned bit = 0; bit < 8 * packet.length; bit++) {
                memcpy(data, sealed, sizeof(data));
                sealed[bit / 8] ^= 1 << bit % 8;
                data[bit / 8] ^= 1 << bit % 8;
                CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], &packet, 1), 0);
                CU_ASSERT_EQUAL(packet.result, -EBADMSG);
                check_bytes("forged packet", data, sealed, sizeof(data));
                sealed[bit / 8] ^= 1 << bit % 8;
            }
            memcpy(data, sealed, sizeof(data));
            packet.index += 0x10000;
            CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], &packet, 1), 0);
            packet.index -= 0x10000;
            CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], &packet, 1), 1);
            check_bytes("plaintext", data, plain, 60);
        }
}

static const struct {
    uint64_t highest, sent;
    bool found;
} restarts[] = {
    {SRTP_INDEX_NONE, 5, true},       {SRTP_INDEX_NONE, 0x10004, true}, // the start before the wrap was lost
    {SRTP_INDEX_NONE, 0x20004, true}, {SRTP_INDEX_NONE, 0x30004, false}, {0x50064, 0x50070, true},
    {0x50064, 0x60070, true}, // a whole cycle passed while the worker was away
    {0x50064, 0x70070, true},         {0x50064, 0x40070, true},          {0x50064, 0x80070, false},
    {0x50064, 0x30070, false},        {0x5fff0, 0x60001, true},          {0x5fff0, 0x80001, true},
};

static void finds_the_roc_after_a_restart(void)
{
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++)
            for (size_t i = 0; i < sizeof(restarts) / sizeof(restarts[0]); i++) {
                struct srtp_keys keys = test_keys(engines[e], suites[s]);
                uint8_t data[80] = {0x80}, before[80];
                struct srtp_packet packet = {.keys = &keys,
                                             .src = data + 12,
                                             .dst = data,
                                             .length = 60,
                                             .header_length = 12,
                                             .capacity = 80,
                                             .index = restarts[i].sent};
                CU_ASSERT_EQUAL_FATAL(srtp_protect_burst(engines[e], &packet, 1), 1);
                memcpy(before, data, sizeof(data));
                packet.length = packet.ret_length;
                packet.index = (uint16_t)restarts[i].sent; // all that the packet itself says
                int result = srtp_unprotect_candidates(engines[e], &packet, restarts[i].highest);
                CU_ASSERT_EQUAL(result, restarts[i].found ? 0 : -EBADMSG);
                CU_ASSERT_EQUAL(packet.index, restarts[i].found ? restarts[i].sent : (uint16_t)restarts[i].sent);
                if (!restarts[i].found)
                    check_bytes("packet", data, before, sizeof(data));
            }
}

// Packets that end exactly where readable memory ends, of every length up to a few blocks: one byte too far would
// fault.
static void touches_nothing_beyond_the_packet(void)
{
    static uint8_t plain[2048];
    for (unsigned e = 0; e < engine_count; e++)
        for (unsigned s = 0; s < SUITES; s++) {
            struct srtp_keys keys = test_keys(engines[e], suites[s]);
            uint32_t tag_length = srtp_suites[suites[s]].rtp_tag_length;
            for (uint32_t payload = 0; payload < 1500; payload += payload < 300 ? 1 : 97) {
                uint32_t length = 12 + payload;
                uint8_t *dst = guarded_new(length + tag_length), *src = guarded_new(payload);
                memcpy(src, plain, payload);
                memset(dst, 0x80, 12);
                struct srtp_packet packet = {.keys = &keys,
                                             .src = src,
                                             .dst = dst,
                                             .length = length,
                                             .header_length = 12,
                                             .capacity = length + tag_length,
                                             .index = payload};
                CU_ASSERT_EQUAL(srtp_protect_burst(engines[e], &packet, 1), 1);
                packet.length = packet.ret_length;
                CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], &packet, 1), 1);
                check_bytes("payload", dst + 12, plain, payload);
                guarded_free(dst, length + tag_length);
                guarded_free(src, payload);
            }
        }
}

void protect_suite(void)
{
    CU_pSuite suite = CU_add_suite("protect", NULL, NULL);
    CU_ADD_TEST(suite, gives_the_keystream_of_rfc_3711_b2);
    CU_ADD_TEST(suite, gives_rfc_7714);
    CU_ADD_TEST(suite, refuses_bad_lengths_before_it_writes);
    CU_ADD_TEST(suite, refuses_short_packets_at_unprotect);
    CU_ADD_TEST(suite, leaves_a_forged_packet_as_it_came);
    CU_ADD_TEST(suite, finds_the_roc_after_a_restart);
    CU_ADD_TEST(suite, touches_nothing_beyond_the_packet);
}
