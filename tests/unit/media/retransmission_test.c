// SPDX-License-Identifier: Apache-2.0
// Proves: resends stay within a fifth of the stream, no packet goes twice within a round trip (hazard F28), and a
// number is read in the epoch that it was sent in.
#include "retransmission.h"

#include <CUnit/CUnit.h>
#include <string.h>

#include "media_suites.h"

static struct retransmission state;

static void start(void)
{
    memset(&state, 0, sizeof(state));
}

static void a_number_belongs_to_its_epoch(void)
{
    start();
    CU_ASSERT_PTR_NULL(retransmission_find_epoch(&state, 5));
    for (uint32_t i = 1; i <= 6; i++)
        retransmission_begin_epoch(&state, &(struct retransmission_epoch){.first = 100 * i, .source_ssrc = i});
    static const struct {
        uint64_t index;
        uint32_t ssrc;
    } rows[] = {{1000, 6}, {600, 6}, {599, 5}, {500, 5}, {400, 4}, {300, 3}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct retransmission_epoch *epoch = retransmission_find_epoch(&state, rows[i].index);
        CU_ASSERT(epoch && epoch->source_ssrc == rows[i].ssrc);
    }
    CU_ASSERT_PTR_NULL(retransmission_find_epoch(&state, 299)); // forgotten
}

static void no_packet_goes_twice_within_a_round_trip(void)
{
    static const struct {
        uint32_t rtt_ms, wait_ms;
    } rows[] = {{0, RETRANSMISSION_RETRY_MS}, {1, 5}, {80, 80}, {5000, 500}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start();
        retransmission_refill(&state, 0, 0);
        CU_ASSERT_FALSE(retransmission_is_too_soon(&state, 7, 1000, rows[i].rtt_ms));
        CU_ASSERT(retransmission_take(&state, 7, 100, 1000));
        CU_ASSERT(retransmission_is_too_soon(&state, 7, 1000 + rows[i].wait_ms - 1, rows[i].rtt_ms));
        CU_ASSERT_FALSE(retransmission_is_too_soon(&state, 7, 1000 + rows[i].wait_ms, rows[i].rtt_ms));
        CU_ASSERT_FALSE(retransmission_is_too_soon(&state, 8, 1000, rows[i].rtt_ms));
    }
}

// 250 packets a second of 1000 octets, each asked for four times as often.
static void a_storm_gets_a_fifth(void)
{
    uint64_t octets = 0, resent = 0;
    start();
    for (uint32_t ms = 4; ms < 60000; ms += 4) {
        octets += 1000;
        retransmission_refill(&state, octets, 2000);
        for (unsigned i = 0; i < 4; i++)
            resent += retransmission_take(&state, ms + i, 1000, ms) ? 1000 : 0;
    }
    CU_ASSERT(resent <= octets / RETRANSMISSION_SHARE + RETRANSMISSION_BURST);
    CU_ASSERT(resent >= octets / RETRANSMISSION_SHARE - 1000);
}

static void what_a_quiet_hour_saves_is_a_second(void)
{
    start();
    retransmission_refill(&state, 1000, 0);
    CU_ASSERT_EQUAL(state.tokens, RETRANSMISSION_BURST);
    retransmission_refill(&state, 900 * 1000 * 1000, 2000);
    CU_ASSERT_EQUAL(state.tokens, 2000 * 1000 / 8 / RETRANSMISSION_SHARE);
    CU_ASSERT_FALSE(retransmission_take(&state, 1, (uint32_t)state.tokens + 1, 1));
    CU_ASSERT(retransmission_take(&state, 1, (uint32_t)state.tokens, 1));
}

void retransmission_suite(void)
{
    CU_pSuite suite = CU_add_suite("retransmission", NULL, NULL);
    CU_ADD_TEST(suite, a_number_belongs_to_its_epoch);
    CU_ADD_TEST(suite, no_packet_goes_twice_within_a_round_trip);
    CU_ADD_TEST(suite, a_storm_gets_a_fifth);
    CU_ADD_TEST(suite, what_a_quiet_hour_saves_is_a_second);
}
