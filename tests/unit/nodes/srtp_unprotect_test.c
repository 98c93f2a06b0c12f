// SPDX-License-Identifier: Apache-2.0
// srtp_unprotect, srtcp_unprotect: proves that only authentic, new packets of negotiated streams go on, and that
// everything else changes no state (hazards F02, F03).
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;
static uint8_t data[FRAME_MAX];

// Sends and asserts the reason, and that state of stream and transport is as it was.
static void expect_drop(struct peer *peer, size_t size, enum drop_reason reason)
{
    static struct stream_state before;
    struct stream_state *state = tables_stream_state(&gateway.control, 0);
    struct transport_state *transport = tables_transport_state(&gateway.control, peer->transport);
    uint64_t dropped = gateway_dropped(reason), received = counter_get(&transport->packets_received);
    memcpy(&before, state, sizeof(before));
    peer_send(peer, data, size);
    gateway_walk();
    CU_ASSERT_EQUAL(gateway_dropped(reason), dropped + 1);
    CU_ASSERT_EQUAL(memcmp(&before, state, sizeof(before)), 0);
    CU_ASSERT_EQUAL(counter_get(&transport->packets_received), received);
}

static void what_is_not_authentic_and_new_changes_nothing(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[suite]);
        size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10}, data);
        data[size - 3] ^= 1; // tag
        expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_BAD_TAG);
        data[size - 3] ^= 1;
        data[40] ^= 1; // payload
        expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_BAD_TAG);
        data[40] ^= 1;
        data[7] ^= 1; // timestamp
        expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_BAD_TAG);
        data[7] ^= 1;
        peer_send(&publisher, data, size);
        gateway_walk();
        CU_ASSERT(media_take(&viewer, &got)); // the forgeries took no index
        expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_REPLAYED);
        size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 11, .without_extensions = true},
                           data);
        expect_drop(&publisher, 20, DROP_SRTP_UNPROTECT_BAD_TAG); // shorter than header and tag
        rtp_set_extension(data, true);                            // whose length would be ciphertext
        bytes_put16(data + 14, 400);
        expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_MALFORMED);
        media_close(&publisher, &viewer);
    }
}

static void a_copy_in_the_same_burst_is_a_replay(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (uint16_t sequence = 1; sequence < 4; sequence++) { // the first binds, the others are bound
        size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence}, data);
        peer_queue(&publisher, data, size);
        peer_queue(&publisher, data, size);
        gateway_settle();
        CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), sequence);
    }
    media_close(&publisher, &viewer);
}

static void media_before_keys_is_dropped(void)
{
    struct peer publisher, viewer = {0};
    gateway_open(1);
    peer_open(&publisher, 0, 0);
    peer_connect(&publisher);
    media_publish(&publisher, 0, 0x1000);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data);
    expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_NO_KEYS);
    media_close(&publisher, &viewer);
}

// How an SSRC that nobody signalled finds its stream, RFC 8843 9.2.
static void an_unknown_ssrc_is_bound_by_mid_then_by_payload_type(void)
{
    static const struct {
        const char *what;
        struct rtp_plan plan;
        bool bound;
    } rows[] = {
        {"its MID", {.ssrc = 0x5000, .payload_type = 33}, true},
        {"its payload type", {.ssrc = 0x5001, .without_extensions = true}, true},
        {"neither", {.ssrc = 0x5002, .without_extensions = true, .payload_type = 33}, false},
        {"a MID of no section, and a payload type", {.ssrc = 0x5003, .mid = "v9"}, false},
    };
    unsigned bound = 0, dropped = 0;
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        media_send(&publisher, &rows[i].plan);
        rows[i].bound ? bound++ : dropped++;
        CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_UNKNOWN_STREAM), dropped);
        CU_ASSERT_EQUAL(gateway.entries.transports[0].ssrc_count, bound);
    }
    media_close(&publisher, &viewer);
}

static void ssrcs_are_bound_up_to_the_limit_and_old_ones_give_way(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (uint32_t i = 0; i < STREAM_MAX_BINDINGS; i++)
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000 + i, .sequence = 1});
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1100, .sequence = 1});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_SSRC_LIMIT), 1);
    gateway_advance(6000);
    // A busy SSRC and a new one in one burst: the new one takes a silent one's place, and not the busy one's window.
    static uint8_t busy[FRAME_MAX];
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1003, .sequence = 2});
    size_t busy_size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1003, .sequence = 3}, busy);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1100, .sequence = 2}, data);
    peer_queue(&publisher, busy, busy_size);
    peer_queue(&publisher, data, size);
    gateway_settle();
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_SSRC_LIMIT), 1);
    peer_send(&publisher, busy, busy_size);
    peer_send(&publisher, data, size);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), 2);
    CU_ASSERT_EQUAL(gateway.entries.transports[0].ssrc_count, STREAM_MAX_BINDINGS);
    media_close(&publisher, &viewer);
}

static void padding_is_checked_once_it_is_plain(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1, .padding = 200});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_BAD_PADDING), 1); // of 100 bytes
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2, .padding = 8});
    CU_ASSERT(media_take(&viewer, &got) && got.header.padding);
    CU_ASSERT_EQUAL(rtp_padding_size(got.bytes, got.size, &got.header), 8);
    media_close(&publisher, &viewer);
}

static void the_newest_keys_count(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data);
    peer_key(&publisher, media_suites[2]); // another handshake, into the other slot
    CU_ASSERT_NOT_EQUAL(publisher.intent.keys[0].epoch, publisher.intent.keys[1].epoch);
    expect_drop(&publisher, size, DROP_SRTP_UNPROTECT_BAD_TAG);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void srtcp_that_is_not_authentic_and_new_is_dropped(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        int size = 0;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[suite]);
        size = rtcp_write_rr(data, sizeof(data), 0x1000, NULL, 0);
        CU_ASSERT_EQUAL(srtp_protect_rtcp(publisher.out, data, &size), srtp_err_status_ok);
        data[6] ^= 1; // who sends
        expect_drop(&publisher, (size_t)size, DROP_SRTCP_UNPROTECT_BAD_TAG);
        data[6] ^= 1;
        size_t flag = (size_t)size - (suite == 0 ? 14 : 4);
        data[flag] &= 0x7f; // hazard F41: E = 0
        expect_drop(&publisher, (size_t)size, DROP_SRTCP_UNPROTECT_MALFORMED);
        data[flag] |= 0x80;
        peer_send(&publisher, data, (size_t)size);
        CU_ASSERT_EQUAL(gateway_consumed(CONSUME_RTCP), 1);
        expect_drop(&publisher, (size_t)size, DROP_SRTCP_UNPROTECT_REPLAYED);
        expect_drop(&publisher, 10, DROP_SRTCP_UNPROTECT_MALFORMED);
        media_close(&publisher, &viewer);
    }
}

void srtp_unprotect_suite(void)
{
    CU_pSuite suite = CU_add_suite("srtp_unprotect and srtcp_unprotect", NULL, NULL);
    CU_ADD_TEST(suite, what_is_not_authentic_and_new_changes_nothing);
    CU_ADD_TEST(suite, a_copy_in_the_same_burst_is_a_replay);
    CU_ADD_TEST(suite, media_before_keys_is_dropped);
    CU_ADD_TEST(suite, an_unknown_ssrc_is_bound_by_mid_then_by_payload_type);
    CU_ADD_TEST(suite, ssrcs_are_bound_up_to_the_limit_and_old_ones_give_way);
    CU_ADD_TEST(suite, padding_is_checked_once_it_is_plain);
    CU_ADD_TEST(suite, the_newest_keys_count);
    CU_ADD_TEST(suite, srtcp_that_is_not_authentic_and_new_is_dropped);
}
