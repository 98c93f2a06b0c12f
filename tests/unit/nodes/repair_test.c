// SPDX-License-Identifier: Apache-2.0
// dataplane/repair.c: proves that what a publisher's packets lack is asked for, in time, a bounded number of times, and
// of those alone that agreed to it.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;
static struct peer publisher, viewer;

static void send_media(uint16_t sequence)
{
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
}

static void start(void)
{
    gateway_open(1);
    media_pair_with_rtx(&publisher, &viewer, media_suites[0]);
    gateway_walk();
}

// The numbers that NACKs asked the publisher for meanwhile.
static unsigned take_asked(uint16_t *ret_sequences, unsigned max)
{
    unsigned count = 0;
    gateway_walk();
    gateway_walk();
    while (rtcp_take(&publisher, &got)) {
        struct rtcp_iterator iterator = rtcp_begin(got.bytes, got.size);
        struct rtcp_packet rtcp;
        struct rtcp_feedback feedback;
        while (rtcp_next(&iterator, &rtcp)) {
            if (rtcp_parse_feedback(&rtcp, &feedback) || rtcp_parse_nack(&feedback) < 0)
                continue;
            CU_ASSERT_EQUAL(feedback.media_ssrc, 0x1000);
            for (int i = 0; i < rtcp_parse_nack(&feedback); i++) {
                uint16_t batch[RTCP_NACK_BATCH_MAX];
                unsigned named = rtcp_get_nack(&feedback, (unsigned)i, batch);
                for (unsigned k = 0; k < named && count < max; k++)
                    ret_sequences[count++] = batch[k];
            }
        }
    }
    return count;
}

static void a_gap_is_asked_for_after_a_short_wait(void)
{
    uint16_t asked[300];
    start();
    send_media(65533);
    send_media(2);
    CU_ASSERT_EQUAL(take_asked(asked, 300), 0);
    send_media(65535); // was only out of order
    gateway_advance(MISSING_REORDER_MS);
    CU_ASSERT_EQUAL_FATAL(take_asked(asked, 300), 3);
    CU_ASSERT(asked[0] == 65534 && asked[1] == 0 && asked[2] == 1);
    gateway_advance(50);
    CU_ASSERT_EQUAL(take_asked(asked, 300), 0);
    gateway_advance(100);
    CU_ASSERT_EQUAL(take_asked(asked, 300), 3);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 1, .is_rtx = true, .original = 0});
    send_media(1);
    gateway_advance(150);
    CU_ASSERT_EQUAL_FATAL(take_asked(asked, 300), 1);
    CU_ASSERT_EQUAL(asked[0], 65534);
    const struct stream_state *state = tables_stream_state(&gateway.control, 0);
    CU_ASSERT_EQUAL(counter_get(&state->nacks_sent), 3);
    CU_ASSERT_EQUAL(counter_get(&state->packets_nacked), 7);
    gateway_advance(1000);
    CU_ASSERT_EQUAL(take_asked(asked, 300), 0);
    CU_ASSERT_EQUAL(counter_get(&state->packets_given_up), 1);
    CU_ASSERT_EQUAL(gateway.workers[0]->repairs.count, 0);
    media_close(&publisher, &viewer);
}

static void a_gap_too_wide_asks_for_a_key_frame(void)
{
    uint16_t asked[300];
    start();
    send_media(1);
    gateway_advance(600);
    gateway_settle();
    uint64_t plis = counter_get(&tables_stream_state(&gateway.control, 0)->plis_sent);
    send_media(1000);
    CU_ASSERT_EQUAL(counter_get(&tables_stream_state(&gateway.control, 0)->plis_sent), plis + 1);
    gateway_advance(MISSING_REORDER_MS);
    CU_ASSERT_EQUAL(take_asked(asked, 300), MISSING_MAX);
    media_close(&publisher, &viewer);
}

static void another_source_leaves_the_gaps_of_the_last_behind(void)
{
    uint16_t asked[10];
    start();
    send_media(1);
    send_media(5);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1200, .sequence = 300});
    gateway_advance(MISSING_REORDER_MS);
    CU_ASSERT_EQUAL(take_asked(asked, 10), 0);
    media_close(&publisher, &viewer);
}

static void nobody_is_asked_who_did_not_agree(void)
{
    uint16_t asked[10];
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    send_media(1);
    send_media(5);
    gateway_advance(MISSING_REORDER_MS);
    CU_ASSERT_EQUAL(take_asked(asked, 10), 0);
    media_close(&publisher, &viewer);
}

static void a_publisher_that_goes_is_asked_no_more(void)
{
    start();
    send_media(1);
    send_media(5);
    publisher.intent.first_stream = (struct record_link){0};
    peer_publish(&publisher);
    gateway_advance(MISSING_REORDER_MS);
    gateway_settle();
    CU_ASSERT_EQUAL(gateway.workers[0]->repairs.count, 0);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_RTPFB, RTCP_NACK), 0);
    media_close(&publisher, &viewer);
}

void repair_suite(void)
{
    CU_pSuite suite = CU_add_suite("repair", NULL, NULL);
    CU_ADD_TEST(suite, a_gap_is_asked_for_after_a_short_wait);
    CU_ADD_TEST(suite, a_gap_too_wide_asks_for_a_key_frame);
    CU_ADD_TEST(suite, another_source_leaves_the_gaps_of_the_last_behind);
    CU_ADD_TEST(suite, nobody_is_asked_who_did_not_agree);
    CU_ADD_TEST(suite, a_publisher_that_goes_is_asked_no_more);
}
