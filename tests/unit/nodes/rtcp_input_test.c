// SPDX-License-Identifier: Apache-2.0
// rtcp_input, srtcp_protect, dataplane/report.c, dataplane/tick.c: proves that feedback ends at each hop, that
// key-frame requests are coalesced (hazard F29), and that reports say what happened.
#include "feedback.h"
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

static void fire(struct peer *peer)
{
    frames_introduce(peer->host);
    gateway_fire(peer->transport);
    gateway_walk();
    gateway_walk();
}

static void send_pli(struct peer *viewer)
{
    uint8_t data[64];
    int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
    size += rtcp_write_pli(data + size, sizeof(data) - (size_t)size, 0x77, 0x2000);
    rtcp_send(viewer, data, size);
}

// The publisher's clock: at NTP second 1000 its video stands at 450000.
static void send_sender_report(struct peer *publisher)
{
    const struct rtcp_sender_info info = {.ssrc = 0x1000, .ntp = 1000ULL << 32, .rtp_timestamp = 450000};
    uint8_t data[64];
    rtcp_send(publisher, data, rtcp_write_sr(data, sizeof(data), &info, NULL, 0));
}

static void start(struct peer *publisher, struct peer *viewer, uint16_t suite)
{
    gateway_open(1);
    media_pair(publisher, viewer, suite);
    media_send(publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(viewer, &got));
}

static void a_viewer_that_comes_makes_one_request(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        start(&publisher, &viewer, media_suites[suite]);
        gateway_walk();
        CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 1);
        media_close(&publisher, &viewer);
    }
}

static void requests_are_one_in_half_a_second(void)
{
    struct peer publisher, viewer;
    start(&publisher, &viewer, media_suites[0]);
    gateway_settle();
    rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI);
    gateway_advance(600);
    for (int i = 0; i < 10; i++)
        send_pli(&viewer);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 1);
    fire(&publisher);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 0); // the others wait
    gateway_advance(501);
    fire(&publisher);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 1); // as one
    gateway_advance(5000);
    fire(&publisher);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 0); // and no more
    CU_ASSERT_EQUAL(counter_get(&tables_route_state(&gateway.control, 0)->plis_received), 10);
    media_close(&publisher, &viewer);
}

static void a_second_viewer_asks_again_and_a_request_for_another_ssrc_does_not(void)
{
    struct peer publisher, viewer, late;
    start(&publisher, &viewer, media_suites[0]);
    gateway_settle();
    rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI);
    gateway_advance(600);
    uint8_t data[64];
    int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
    size += rtcp_write_pli(data + size, sizeof(data) - (size_t)size, 0x77, 0x9999);
    rtcp_send(&viewer, data, size);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 0);
    peer_join(&late, 2, 0, media_suites[1]);
    media_watch(&late, 1, &publisher, 0, 0x3000);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    gateway_walk();
    CU_ASSERT(media_take(&late, &got));
    CU_ASSERT(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI) <= 1);
    CU_ASSERT_EQUAL(counter_get(&tables_stream_state(&gateway.control, 0)->plis_sent), 2);
    peer_close(&late);
    media_close(&publisher, &viewer);
}

static bool find_packet(uint8_t type, struct rtcp_packet *ret_packet)
{
    struct rtcp_iterator iterator = rtcp_begin(got.bytes, got.size);
    while (rtcp_next(&iterator, ret_packet))
        if (ret_packet->type == type)
            return true;
    return false;
}

static void a_viewer_gets_sender_reports_of_what_it_was_sent(void)
{
    struct peer publisher, viewer;
    struct rtcp_packet rtcp;
    struct rtcp_sender_info info;
    start(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2, .timestamp = 450000});
    CU_ASSERT(media_take(&viewer, &got));
    uint32_t timestamp = got.header.timestamp;
    gateway_advance(2000);
    fire(&viewer);
    CU_ASSERT_EQUAL(rtcp_count(&viewer, RTCP_SR, 0), 0); // the publisher's clock is not known yet
    send_sender_report(&publisher);
    gateway_advance(500);
    fire(&viewer);
    bool found = false;
    while (!found && rtcp_take(&viewer, &got))
        found = find_packet(RTCP_SR, &rtcp);
    CU_ASSERT_FATAL(found);
    CU_ASSERT_EQUAL_FATAL(rtcp_parse_sender_info(&rtcp, &info) < 0, 0);
    CU_ASSERT_EQUAL(info.ssrc, 0x2000);
    CU_ASSERT_EQUAL(info.ntp, 1000ULL << 32 | 1U << 31); // the publisher's own timeline, half a second on
    CU_ASSERT_EQUAL(info.rtp_timestamp - timestamp, 45000);
    CU_ASSERT_EQUAL(info.packets, 2);
    CU_ASSERT_EQUAL(info.octets, 200);
    CU_ASSERT(find_packet(RTCP_SDES, &rtcp));
    media_close(&publisher, &viewer);
}

static void the_publisher_gets_a_report_of_what_was_lost(void)
{
    struct peer publisher, viewer;
    struct rtcp_packet rtcp;
    struct rtcp_report report;
    uint32_t sender;
    start(&publisher, &viewer, media_suites[0]);
    for (uint16_t sequence = 2; sequence <= 9; sequence++)
        if (sequence % 4) // two of nine are lost
            media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
    gateway_advance(1001);
    fire(&publisher);
    bool found = false;
    while (!found && rtcp_take(&publisher, &got))
        found = find_packet(RTCP_RR, &rtcp) && rtcp_parse_reports(&rtcp, &sender) == 1;
    CU_ASSERT_FATAL(found);
    rtcp_get_report(&rtcp, 0, &report);
    CU_ASSERT_EQUAL(report.ssrc, 0x1000);
    CU_ASSERT_EQUAL(report.lost, 2);
    CU_ASSERT_EQUAL(report.fraction_lost, 2 * 256 / 9);
    CU_ASSERT_EQUAL(report.highest, 9);
    media_close(&publisher, &viewer);
}

static void the_publisher_gets_transport_wide_feedback(void)
{
    struct peer publisher, viewer;
    struct rtcp_packet rtcp;
    struct rtcp_feedback feedback;
    struct feedback_header header;
    struct feedback_iterator statuses;
    start(&publisher, &viewer, media_suites[0]);
    for (uint16_t i = 0; i < 5; i++)
        media_send(
            &publisher,
            &(struct rtp_plan){.ssrc = 0x1000, .sequence = (uint16_t)(2 + i), .transport_sequence = (uint16_t)(1 + i)});
    gateway_advance(60);
    fire(&publisher);
    bool found = false;
    while (!found && rtcp_take(&publisher, &got))
        found = find_packet(RTCP_RTPFB, &rtcp);
    CU_ASSERT_FATAL(found);
    CU_ASSERT_EQUAL(rtcp_parse_feedback(&rtcp, &feedback), 0);
    CU_ASSERT_EQUAL_FATAL(feedback_parse(&feedback, &header, &statuses), 0);
    CU_ASSERT_EQUAL(header.base_sequence, 0);
    CU_ASSERT_EQUAL(header.status_count, 6);
    media_close(&publisher, &viewer);
}

static void a_viewers_report_becomes_state(void)
{
    struct peer publisher, viewer;
    uint8_t data[128];
    start(&publisher, &viewer, media_suites[0]);
    send_sender_report(&publisher);
    gateway_advance(1001);
    fire(&viewer);
    struct route_state *state = tables_route_state(&gateway.control, 0);
    struct rtcp_report report = {.ssrc = 0x2000,
                                 .fraction_lost = 64,
                                 .lost = 7,
                                 .jitter = 90,
                                 .last_sr = state->last_sr_ntp,
                                 .delay = 65536 / 10};
    gateway_advance(150); // a tenth of a second of it at the viewer
    rtcp_send(&viewer, data, rtcp_write_rr(data, sizeof(data), 0x77, &report, 1));
    CU_ASSERT_EQUAL(state->fraction_lost, 64);
    CU_ASSERT_EQUAL(state->cumulative_lost, 7);
    CU_ASSERT_EQUAL(state->jitter, 90);
    CU_ASSERT(state->rtt_us >= 50000 && state->rtt_us < 50200);
    const uint16_t lost[] = {5};
    rtcp_send(&viewer, data, rtcp_write_nack(data, sizeof(data), 0x77, 0x2000, lost, 1));
    CU_ASSERT_EQUAL(counter_get(&state->nacks_received), 1);
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_RTPFB, RTCP_NACK), 0); // never relayed
    media_close(&publisher, &viewer);
}

void rtcp_input_suite(void)
{
    CU_pSuite suite = CU_add_suite("rtcp_input, reports and key-frame requests", NULL, NULL);
    CU_ADD_TEST(suite, a_viewer_that_comes_makes_one_request);
    CU_ADD_TEST(suite, requests_are_one_in_half_a_second);
    CU_ADD_TEST(suite, a_second_viewer_asks_again_and_a_request_for_another_ssrc_does_not);
    CU_ADD_TEST(suite, a_viewer_gets_sender_reports_of_what_it_was_sent);
    CU_ADD_TEST(suite, the_publisher_gets_a_report_of_what_was_lost);
    CU_ADD_TEST(suite, the_publisher_gets_transport_wide_feedback);
    CU_ADD_TEST(suite, a_viewers_report_becomes_state);
}
