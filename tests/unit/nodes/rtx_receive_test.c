// SPDX-License-Identifier: Apache-2.0
// rtx_receive, dataplane/binding.c: proves that a publisher's repair becomes the packet that was lost, once, and that
// nothing else of the stream hears of it.
#include "media.h"
#include "nodes_suites.h"
#include "rtx.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;
static struct peer publisher, viewer;

static void send_media(uint16_t sequence)
{
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence, .timestamp = 3000u * sequence});
}

static void send_repair(uint16_t rtx_sequence, uint16_t original)
{
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001,
                                              .sequence = rtx_sequence,
                                              .is_rtx = true,
                                              .original = original,
                                              .timestamp = 3000u * original});
}

static void start(uint16_t suite)
{
    gateway_open(1);
    media_pair_with_rtx(&publisher, &viewer, suite);
    gateway_walk();
}

static bool is_packet(uint16_t sequence, uint16_t original, uint32_t timestamp)
{
    unsigned wrong = got.size - got.header.payload_offset != 100;
    for (unsigned i = 0; !wrong && i < 100; i++)
        wrong += got.bytes[got.header.payload_offset + i] != (uint8_t)(original + i);
    return !wrong && got.header.ssrc == 0x2000 && got.header.payload_type == VIEWER_VIDEO_TYPE &&
           got.header.sequence == sequence && got.header.timestamp == timestamp;
}

static void a_lost_packet_takes_its_place(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        start(media_suites[suite]);
        send_media(65534);
        CU_ASSERT_FATAL(media_take(&viewer, &got));
        uint16_t first = got.header.sequence;
        uint32_t timestamp = got.header.timestamp;
        send_media(1);
        CU_ASSERT_FATAL(media_take(&viewer, &got));
        CU_ASSERT_EQUAL(got.header.sequence, (uint16_t)(first + 3));
        send_repair(500, 65535);
        send_repair(501, 0); // behind the rollover
        CU_ASSERT_FATAL(media_take(&viewer, &got));
        CU_ASSERT(is_packet((uint16_t)(first + 1), 65535, timestamp + 3000));
        CU_ASSERT_FATAL(media_take(&viewer, &got));
        CU_ASSERT(is_packet((uint16_t)(first + 2), 0, timestamp - 3000u * 65534));
        const struct stream_state *state = tables_stream_state(&gateway.control, 0);
        CU_ASSERT_EQUAL(counter_get(&state->packets_repaired), 2);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].received, 2); // loss is reported as it was
        CU_ASSERT_EQUAL(gateway.entries.streams[0].media_ssrc, 0x1000);
        CU_ASSERT_EQUAL(state->bindings[1].is_rtx, 1);
        CU_ASSERT_EQUAL(gateway_drops(), 0);
        media_close(&publisher, &viewer);
    }
}

static void a_packet_comes_once_by_either_way(void)
{
    start(media_suites[0]);
    send_media(1);
    send_media(3);
    send_repair(500, 3);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTX_RECEIVE_REPLAYED), 1);
    send_repair(501, 2);
    send_repair(502, 2);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTX_RECEIVE_REPLAYED), 2);
    send_media(2);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), 1);
    send_media(700);
    send_repair(503, 4); // far behind
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTX_RECEIVE_REPLAYED), 3);
    unsigned count = 0;
    while (media_take(&viewer, &got))
        count++;
    CU_ASSERT_EQUAL(count, 4);
    media_close(&publisher, &viewer);
}

static void a_repair_without_content_is_a_probe(void)
{
    start(media_suites[0]);
    send_media(1);
    media_send(&publisher, &(struct rtp_plan){
                               .ssrc = 0x1001, .sequence = 7, .payload_type = RTX_TYPE, .size = 200, .padding = 200});
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 8, .payload_type = RTX_TYPE, .size = 2});
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 9, .payload_type = RTX_TYPE, .size = 1});
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_RTX_PADDING), 3);
    CU_ASSERT(media_take(&viewer, &got));
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void a_repair_of_nothing_is_dropped(void)
{
    start(media_suites[0]);
    send_repair(7, 1);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTX_RECEIVE_WITHOUT_MEDIA), 1);
    send_media(1);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2, .is_rtx = true, .original = 3});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTX_RECEIVE_WITHOUT_MEDIA), 2); // the media's SSRC repairs nothing
    media_close(&publisher, &viewer);
}

// The payload type alone tells whose repair it is, where no SSRC was signalled; and what was repaired is kept.
static void what_was_repaired_can_be_lost_again(void)
{
    struct stream_intent stream;
    start(media_suites[1]);
    record_read(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    stream.rtx_ssrc = 0;
    record_publish(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    peer_publish(&publisher);
    send_media(1);
    send_media(3);
    send_repair(9, 2);
    for (unsigned i = 0; i < 3; i++)
        CU_ASSERT_FATAL(media_take(&viewer, &got));
    media_nack(&viewer, &got.header.sequence, 1);
    uint16_t lost = got.header.sequence;
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.ssrc, 0x2001);
    CU_ASSERT_EQUAL(bytes_get16(got.bytes + got.header.payload_offset), lost);
    CU_ASSERT_EQUAL(got.bytes[got.header.payload_offset + 2], 2);
    media_close(&publisher, &viewer);
}

// The viewer asks just when the publisher's repair comes: it gets the packet, not a repair of it before.
static void a_repair_on_its_way_is_not_sent_again(void)
{
    static uint8_t data[FRAME_MAX];
    start(media_suites[0]);
    send_media(1);
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    uint16_t lost = (uint16_t)(got.header.sequence + 1);
    send_media(3);
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    size_t size =
        media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 9, .is_rtx = true, .original = 2}, data);
    peer_queue(&publisher, data, size);
    rtx_request(gateway.workers[0], 0, lost);
    gateway_walk();
    rtx_request(gateway.workers[0], 0, lost);
    gateway_settle();
    CU_ASSERT(media_take(&viewer, &got) && got.header.ssrc == 0x2000 && got.header.sequence == lost);
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

void rtx_receive_suite(void)
{
    CU_pSuite suite = CU_add_suite("rtx_receive", NULL, NULL);
    CU_ADD_TEST(suite, a_lost_packet_takes_its_place);
    CU_ADD_TEST(suite, a_packet_comes_once_by_either_way);
    CU_ADD_TEST(suite, a_repair_without_content_is_a_probe);
    CU_ADD_TEST(suite, a_repair_of_nothing_is_dropped);
    CU_ADD_TEST(suite, a_repair_on_its_way_is_not_sent_again);
    CU_ADD_TEST(suite, what_was_repaired_can_be_lost_again);
}
