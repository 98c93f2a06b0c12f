// SPDX-License-Identifier: Apache-2.0
// The two backends are interchangeable: the same bytes out of random bursts, and each opens what the other sealed.
#include "protect.h"
#include "srtcp.h"
#include "support.h"
#include <CUnit/CUnit.h>
#include <string.h>

enum {
    ROUNDS = 400,
    BURST = 64,
    ROOM = 1500,
};

static const uint16_t suites[] = {1, 2, 7, 8};

struct end {
    struct srtp_keys rtp[BURST], rtcp[BURST];
    uint8_t bytes[BURST][ROOM + 32];
    struct srtp_packet packets[BURST];
    struct srtcp_packet reports[BURST];
};
static struct end ends[ENGINES_MAX];

static void make_keys(uint64_t *random)
{
    for (unsigned i = 0; i < BURST; i++) {
        uint8_t key[SRTP_KEY_LENGTH_MAX], salt[SRTP_SALT_LENGTH_MAX];
        random_fill(random, key, sizeof(key));
        random_fill(random, salt, sizeof(salt));
        for (unsigned e = 0; e < engine_count; e++) {
            CU_ASSERT_EQUAL(srtp_keys_init(engines[e], suites[i % 4], SRTP_USE_RTP, key, salt, &ends[e].rtp[i]), 0);
            CU_ASSERT_EQUAL(srtp_keys_init(engines[e], suites[i % 4], SRTP_USE_RTCP, key, salt, &ends[e].rtcp[i]), 0);
        }
    }
}

static void fill(uint64_t *random, unsigned i, uint32_t *ret_length)
{
    *ret_length = 12 + random_below(random, ROOM - 12);
    random_fill(random, ends[0].bytes[i], *ret_length);
    memcpy(ends[1].bytes[i], ends[0].bytes[i], *ret_length);
}

static void seal_and_open_across(uint64_t *random)
{
    uint64_t index = random_next(random) >> 16;
    for (unsigned i = 0; i < BURST; i++) {
        uint32_t length;
        fill(random, i, &length);
        for (unsigned e = 0; e < engine_count; e++)
            ends[e].packets[i] = (struct srtp_packet){.keys = &ends[e].rtp[i],
                                                      .src = ends[e].bytes[i] + 12,
                                                      .dst = ends[e].bytes[i],
                                                      .index = index,
                                                      .length = length,
                                                      .header_length = 12,
                                                      .capacity = ROOM + 32,
                                                      .ssrc = i};
    }
    for (unsigned e = 0; e < engine_count; e++)
        CU_ASSERT_EQUAL(srtp_protect_burst(engines[e], ends[e].packets, BURST), BURST);
    for (unsigned i = 0; i < BURST; i++) {
        check_bytes("protected", ends[0].bytes[i], ends[1].bytes[i], ends[0].packets[i].ret_length);
        for (unsigned e = 0; e < engine_count; e++) {
            ends[e].packets[i].dst = ends[!e].bytes[i];
            ends[e].packets[i].length = ends[e].packets[i].ret_length;
        }
    }
    for (unsigned e = 0; e < engine_count; e++)
        CU_ASSERT_EQUAL(srtp_unprotect_burst(engines[e], ends[e].packets, BURST), BURST);
    for (unsigned i = 0; i < BURST; i++)
        check_bytes("unprotected", ends[0].bytes[i], ends[1].bytes[i], ends[0].packets[i].ret_length);
}

static void report_across(uint64_t *random)
{
    for (unsigned i = 0; i < BURST; i++) {
        uint32_t length;
        fill(random, i, &length);
        for (unsigned e = 0; e < engine_count; e++)
            ends[e].reports[i] = (struct srtcp_packet){.keys = &ends[e].rtcp[i],
                                                       .data = ends[e].bytes[i],
                                                       .length = length,
                                                       .capacity = ROOM + 32,
                                                       .index = i * 1000003};
    }
    for (unsigned e = 0; e < engine_count; e++)
        CU_ASSERT_EQUAL(srtcp_protect_burst(engines[e], ends[e].reports, BURST), BURST);
    for (unsigned i = 0; i < BURST; i++) {
        check_bytes("protected", ends[0].bytes[i], ends[1].bytes[i], ends[0].reports[i].ret_length);
        for (unsigned e = 0; e < engine_count; e++) {
            ends[e].reports[i].data = ends[!e].bytes[i];
            ends[e].reports[i].length = ends[e].reports[i].ret_length;
        }
    }
    for (unsigned e = 0; e < engine_count; e++)
        CU_ASSERT_EQUAL(srtcp_unprotect_burst(engines[e], ends[e].reports, BURST), BURST);
    for (unsigned i = 0; i < BURST; i++)
        check_bytes("unprotected", ends[0].bytes[i], ends[1].bytes[i], ends[0].reports[i].ret_length);
}

static void agree_with_each_other(void)
{
    if (engine_count < 2) {
        CU_PASS("skipped: this machine has one backend");
        return;
    }
    uint64_t random = 11;
    make_keys(&random);
    for (unsigned round = 0; round < ROUNDS; round++) {
        seal_and_open_across(&random);
        report_across(&random);
    }
}

void backends_suite(void)
{
    CU_pSuite suite = CU_add_suite("backends", NULL, NULL);
    CU_ADD_TEST(suite, agree_with_each_other);
}
