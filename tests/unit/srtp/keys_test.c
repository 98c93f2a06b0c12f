// SPDX-License-Identifier: Apache-2.0
// Expanded keys: packed arrays of them are safe, wiping leaves nothing, and they serve only their use and backend.
#include "derive_keys.h"
#include "protect.h"
#include "srtcp.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t master_key[SRTP_KEY_LENGTH_MAX] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t master_salt[SRTP_SALT_LENGTH_MAX] = {9, 10, 11};
static const uint16_t suites[] = {1, 2, 7, 8};

static void writes_no_more_than_the_stride(void)
{
    for (unsigned e = 0; e < engine_count; e++) {
        uint8_t *memory = aligned_alloc(64, 2 * sizeof(struct srtp_keys));
        CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
        for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
            size_t stride = srtp_keys_size(engines[e], suites[i]);
            CU_ASSERT_TRUE(stride % 64 == 0 && stride >= 256 && stride <= srtp_keys_size(engines[e], SRTP_SUITE_NONE));
            memset(memory, 0xa5, 2 * sizeof(struct srtp_keys));
            CU_ASSERT_EQUAL(srtp_keys_init(engines[e], suites[i], SRTP_USE_RTP, master_key, master_salt,
                                           (struct srtp_keys *)(void *)memory),
                            0);
            for (size_t at = stride; at < 2 * sizeof(struct srtp_keys); at++)
                CU_ASSERT_EQUAL(memory[at], 0xa5);
        }
        free(memory);
    }
}

static void leaves_nothing_behind_when_wiped(void)
{
    static const struct srtp_keys zero;
    for (unsigned e = 0; e < engine_count; e++)
        for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
            struct srtp_keys keys;
            memset(&keys, 0, sizeof(keys));
            CU_ASSERT_EQUAL(srtp_keys_init(engines[e], suites[i], SRTP_USE_RTCP, master_key, master_salt, &keys), 0);
            CU_ASSERT_NOT_EQUAL(memcmp(&keys, &zero, sizeof(keys)), 0);
            srtp_keys_wipe(engines[e], &keys);
            CU_ASSERT_EQUAL(memcmp(&keys, &zero, sizeof(keys)), 0);
        }
}

static int try_rtp(struct srtp_engine *engine, const struct srtp_keys *keys)
{
    uint8_t data[64] = {0x80};
    struct srtp_packet packet = {
        .keys = keys, .src = data + 12, .dst = data, .length = 32, .header_length = 12, .capacity = sizeof(data)};
    srtp_protect_burst(engine, &packet, 1);
    return packet.result;
}

static int try_rtcp(struct srtp_engine *engine, const struct srtp_keys *keys)
{
    uint8_t data[64] = {0x80};
    struct srtcp_packet packet = {.keys = keys, .data = data, .length = 32, .capacity = sizeof(data)};
    srtcp_protect_burst(engine, &packet, 1);
    return packet.result;
}

static void serve_only_their_use_and_backend(void)
{
    struct srtp_keys keys;
    for (unsigned e = 0; e < engine_count; e++) {
        memset(&keys, 0, sizeof(keys));
        CU_ASSERT_EQUAL(try_rtp(engines[e], &keys), -ENOKEY);
        CU_ASSERT_EQUAL(try_rtcp(engines[e], &keys), -ENOKEY);
        CU_ASSERT_EQUAL(srtp_keys_init(engines[e], 7, SRTP_USE_RTP, master_key, master_salt, &keys), 0);
        CU_ASSERT_EQUAL(try_rtp(engines[e], &keys), 0);
        CU_ASSERT_EQUAL(try_rtcp(engines[e], &keys), -ENOKEY);
        for (unsigned other = 0; other < engine_count; other++)
            if (other != e)
                CU_ASSERT_EQUAL(try_rtp(engines[other], &keys), -ENOKEY);
        srtp_keys_wipe(engines[e], &keys);
        CU_ASSERT_EQUAL(try_rtp(engines[e], &keys), -ENOKEY);
        CU_ASSERT_EQUAL(srtp_keys_init(engines[e], 5, SRTP_USE_RTP, master_key, master_salt, &keys), -EINVAL);
    }
}

static void automatic_choice_is_the_first_that_starts(void)
{
    struct srtp_engine *engine;
    CU_ASSERT_EQUAL_FATAL(srtp_engine_create(SRTP_BACKEND_AUTO, &engine), 0);
    CU_ASSERT_EQUAL(srtp_engine_backend(engine), srtp_engine_backend(engines[0]));
    CU_ASSERT_TRUE(strlen(srtp_engine_describe(engine)) > 0);
    srtp_engine_free(engine);
    CU_ASSERT_EQUAL(srtp_engine_create((enum srtp_backend)9, &engine), -ENOTSUP);
}

void keys_suite(void)
{
    CU_pSuite suite = CU_add_suite("keys", NULL, NULL);
    CU_ADD_TEST(suite, writes_no_more_than_the_stride);
    CU_ADD_TEST(suite, leaves_nothing_behind_when_wiped);
    CU_ADD_TEST(suite, serve_only_their_use_and_backend);
    CU_ADD_TEST(suite, automatic_choice_is_the_first_that_starts);
}
