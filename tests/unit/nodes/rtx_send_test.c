// SPDX-License-Identifier: Apache-2.0
// rtx_send, rtcp_input, dataplane/rtx.c: proves that a viewer gets what it lost, once a round trip and within a fifth
// of its stream (hazard F28), and that everything else that it asks for is counted.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

#define PACKETS 200

static struct rtp_packet sent[PACKETS], got;
static struct peer publisher, viewer;

static void start(uint16_t suite)
{
    gateway_open(1);
    media_pair_with_rtx(&publisher, &viewer, suite);
    gateway_walk();
}

static void send_packets(uint32_t ssrc, unsigned from, unsigned count, unsigned size)
{
    for (unsigned i = from; i < from + count; i++) {
        media_send(&publisher, &(struct rtp_plan){.ssrc = ssrc,
                                                  .sequence = (uint16_t)i,
                                                  .timestamp = 3000 * i,
                                                  .marker = i % 3 == 0,
                                                  .size = size ? size : 50 + i % 200});
        CU_ASSERT_FATAL(media_take(&viewer, &sent[i % PACKETS]));
    }
}

static uint64_t outcome(enum nack_outcome kind)
{
    return counter_get(&gateway.workers[0]->state->nacked[kind]);
}

static void nack(uint16_t sequence)
{
    media_nack(&viewer, &sequence, 1);
}

static bool repairs(const struct rtp_packet *repair, const struct rtp_packet *lost)
{
    unsigned size = lost->size - lost->header.payload_offset;
    const uint8_t *payload = repair->bytes + repair->header.payload_offset;
    struct rtp_extension_element level, mid;
    return repair->header.ssrc == 0x2001 && repair->header.payload_type == VIEWER_RTX_TYPE &&
           repair->header.timestamp == lost->header.timestamp && repair->header.marker == lost->header.marker &&
           repair->size - repair->header.payload_offset == size + 2 && bytes_get16(payload) == lost->header.sequence &&
           memcmp(payload + 2, lost->bytes + lost->header.payload_offset, size) == 0 &&
           rtp_extension_find(repair->bytes, &repair->header, TO_LEVEL, &level) && level.value[0] == 0x85 &&
           rtp_extension_find(repair->bytes, &repair->header, TO_MID, &mid) && memcmp(mid.value, "m1", 2) == 0;
}

static void what_was_lost_comes_again(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        uint16_t lost[] = {sent[3].header.sequence, sent[4].header.sequence, sent[19].header.sequence};
        start(media_suites[suite]);
        send_packets(0x1000, 0, 20, 0);
        for (unsigned i = 0; i < RTE_DIM(lost); i++)
            lost[i] = sent[(const unsigned[]){3, 4, 19}[i]].header.sequence;
        media_nack(&viewer, lost, RTE_DIM(lost));
        uint16_t sequence = 0;
        for (unsigned i = 0; i < RTE_DIM(lost); i++) {
            CU_ASSERT_FATAL(media_take(&viewer, &got));
            CU_ASSERT(repairs(&got, &sent[(const unsigned[]){3, 4, 19}[i]]));
            CU_ASSERT(i == 0 || got.header.sequence == (uint16_t)(sequence + 1));
            sequence = got.header.sequence;
        }
        CU_ASSERT_FALSE(media_take(&viewer, &got));
        CU_ASSERT_EQUAL(outcome(NACK_RESENT), 3);
        CU_ASSERT_EQUAL(counter_get(&tables_route_state(&gateway.control, 0)->rtx_packets), 3);
        CU_ASSERT_EQUAL(gateway_created(CREATE_RTX), 3);
        CU_ASSERT_EQUAL(gateway_drops(), 0);
        media_close(&publisher, &viewer);
    }
}

static void not_again_within_a_round_trip(void)
{
    start(media_suites[0]);
    send_packets(0x1000, 0, 5, 0);
    nack(sent[2].header.sequence);
    nack(sent[2].header.sequence);
    CU_ASSERT_EQUAL(outcome(NACK_RESENT), 1);
    CU_ASSERT_EQUAL(outcome(NACK_TOO_SOON), 1);
    gateway_advance(100);
    nack(sent[2].header.sequence);
    CU_ASSERT_EQUAL(outcome(NACK_RESENT), 2);
    CU_ASSERT(media_take(&viewer, &got) && repairs(&got, &sent[2]));
    CU_ASSERT(media_take(&viewer, &got) && repairs(&got, &sent[2]));
    media_close(&publisher, &viewer);
}

static void what_was_never_sent_is_not_sent_again(void)
{
    start(media_suites[0]);
    nack(1);
    send_packets(0x1000, 10, 2, 0);
    media_send(&publisher,
               &(struct rtp_plan){.ssrc = 0x1000, .sequence = 15}); // 12 to 14 were lost before this gateway
    CU_ASSERT(media_take(&viewer, &got));
    nack((uint16_t)(got.header.sequence + 1));
    nack((uint16_t)(got.header.sequence - 1000));
    nack((uint16_t)(got.header.sequence - 2));
    CU_ASSERT_EQUAL(outcome(NACK_UNKNOWN), 4);
    CU_ASSERT_EQUAL(outcome(NACK_RESENT), 0);
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void what_is_long_gone_is_not_sent_again(void)
{
    start(media_suites[0]);
    send_packets(0x1000, 0, 1, 0);
    uint16_t first = sent[0].header.sequence;
    send_packets(0x1000, 1, HISTORY_PACKETS, 0);
    nack(first);
    CU_ASSERT_EQUAL(outcome(NACK_NOT_KEPT), 1);
    nack((uint16_t)(first + 1));
    CU_ASSERT_EQUAL(outcome(NACK_RESENT), 1);
    media_close(&publisher, &viewer);
}

// The viewer's numbers go on over a change of source; those before it are still those of the old one.
static void numbers_from_before_a_change_of_source_are_known(void)
{
    start(media_suites[0]);
    send_packets(0x1000, 60000, 5, 0);
    send_packets(0x1500, 105, 5, 0);
    nack(sent[60003 % PACKETS].header.sequence);
    CU_ASSERT(media_take(&viewer, &got) && repairs(&got, &sent[60003 % PACKETS]));
    nack(sent[107].header.sequence);
    CU_ASSERT(media_take(&viewer, &got) && repairs(&got, &sent[107]));
    nack((uint16_t)(sent[105].header.sequence - 1)); // skipped between the two
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(outcome(NACK_RESENT), 2);
    media_close(&publisher, &viewer);
}

static void a_storm_gets_a_fifth_of_the_stream(void)
{
    uint16_t all[PACKETS];
    uint64_t octets = 0, asked = 0, answered = 0;
    start(media_suites[1]);
    for (unsigned round = 0; round < 20; round++) {
        send_packets(0x1000, round * PACKETS, PACKETS, 1000);
        for (unsigned i = 0; i < PACKETS; i++)
            all[i] = sent[i].header.sequence;
        for (unsigned again = 0; again < 3; again++) {
            media_nack(&viewer, all, PACKETS);
            gateway_advance(150);
            asked += PACKETS;
        }
        gateway_settle();
        while (media_take(&viewer, &got))
            octets += got.size - got.header.payload_offset - 2;
    }
    CU_ASSERT(octets <= 20 * PACKETS * 1000 / RETRANSMISSION_SHARE + RETRANSMISSION_BURST);
    CU_ASSERT(octets > 20 * RETRANSMISSION_BURST * 9 / 10); // no rate was measured: what is saved is this
    for (unsigned kind = 0; kind < NACK_OUTCOMES; kind++)
        answered += outcome((enum nack_outcome)kind);
    CU_ASSERT_EQUAL(answered, asked);
    CU_ASSERT(outcome(NACK_OVER_BUDGET) > 0);
    media_close(&publisher, &viewer);
}

// One compound names thousands: what is taken of it is bounded, and so is what a walk sends.
static void one_message_cannot_fill_a_worker(void)
{
    static uint8_t data[1300];
    start(media_suites[0]);
    send_packets(0x1000, 0, 150, 0);
    int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
    uint8_t *message = data + size;
    bytes_put32(message, 0x81cd0000 | (2 + 250));
    bytes_put32(message + 4, 0x77);
    bytes_put32(message + 8, 0x2000);
    for (unsigned i = 0; i < 250; i++)
        bytes_put32(message + 12 + 4 * i, (uint32_t)sent[17 * (i % 8)].header.sequence << 16 | 0xffff);
    rtcp_send(&viewer, data, size + 12 + 4 * 250);
    CU_ASSERT_EQUAL(outcome(NACK_QUEUE_FULL), 250 * 17 - WORKER_NACK_REQUESTS);
    for (unsigned walks = 0; gateway.workers[0]->nacks.count && walks < 40; walks++) {
        uint64_t before = gateway_created(CREATE_RTX);
        gateway_walk();
        CU_ASSERT(gateway_created(CREATE_RTX) - before <= 32);
    }
    CU_ASSERT_EQUAL(gateway.workers[0]->nacks.count, 0);
    media_close(&publisher, &viewer);
}

static void nothing_is_kept_for_viewers_without_rtx(void)
{
    const struct history *history;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    send_packets(0x1000, 0, 10, 0);
    history = &gateway.workers[0]->history;
    nack(sent[5].header.sequence);
    CU_ASSERT_EQUAL(history->stored, 0);
    CU_ASSERT_EQUAL(outcome(NACK_UNKNOWN), 1);
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void the_last_viewer_with_rtx_ends_the_keeping(void)
{
    start(media_suites[0]);
    send_packets(0x1000, 0, 10, 0);
    const struct history *history = &gateway.workers[0]->history;
    CU_ASSERT_EQUAL(history->stored, 10);
    CU_ASSERT_EQUAL(counter_get(&gateway.workers[0]->state->history_stored), 10);
    viewer.intent.first_route = (struct record_link){0};
    peer_publish(&viewer);
    gateway_settle();
    CU_ASSERT_PTR_NULL(gateway.entries.streams[0].history);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.rtx_count, 0);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10});
    CU_ASSERT_EQUAL(history->stored, 10);
    media_close(&publisher, &viewer);
}

void rtx_send_suite(void)
{
    CU_pSuite suite = CU_add_suite("rtx_send", NULL, NULL);
    CU_ADD_TEST(suite, what_was_lost_comes_again);
    CU_ADD_TEST(suite, not_again_within_a_round_trip);
    CU_ADD_TEST(suite, what_was_never_sent_is_not_sent_again);
    CU_ADD_TEST(suite, what_is_long_gone_is_not_sent_again);
    CU_ADD_TEST(suite, numbers_from_before_a_change_of_source_are_known);
    CU_ADD_TEST(suite, a_storm_gets_a_fifth_of_the_stream);
    CU_ADD_TEST(suite, one_message_cannot_fill_a_worker);
    CU_ADD_TEST(suite, nothing_is_kept_for_viewers_without_rtx);
    CU_ADD_TEST(suite, the_last_viewer_with_rtx_ends_the_keeping);
}
