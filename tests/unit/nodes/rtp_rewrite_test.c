// SPDX-License-Identifier: Apache-2.0
// rtp_rewrite, srtp_protect: proves that a viewer gets the publisher's payload under a header of its own, in every
// suite, with libsrtp2 as judge.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

static bool has(uint8_t id, const void *value, uint8_t size)
{
    struct rtp_extension_element element;
    return rtp_extension_find(got.bytes, &got.header, id, &element) && element.size == size &&
           (!value || memcmp(element.value, value, size) == 0);
}

static void the_viewer_gets_the_payload_under_its_own_header(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        uint16_t first_sequence = 0;
        uint32_t first_timestamp = 0;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[suite]);
        for (uint16_t i = 0; i < 5; i++) {
            struct rtp_plan plan = {.ssrc = 0x1000, .sequence = 700, .timestamp = 9000, .marker = i == 3};
            plan.sequence = (uint16_t)(plan.sequence + i);
            plan.timestamp += 3000u * i;
            media_send(&publisher, &plan);
            CU_ASSERT_FATAL(media_take(&viewer, &got));
            if (i == 0) {
                first_sequence = got.header.sequence;
                first_timestamp = got.header.timestamp;
                CU_ASSERT(first_sequence < 0x8000); // RFC 3711 3.3.1
            }
            CU_ASSERT_EQUAL(got.header.ssrc, 0x2000);
            CU_ASSERT_EQUAL(got.header.payload_type, VIEWER_VIDEO_TYPE);
            CU_ASSERT_EQUAL(got.header.marker, i == 3);
            CU_ASSERT_EQUAL((uint16_t)(got.header.sequence - first_sequence), i);
            CU_ASSERT_EQUAL(got.header.timestamp - first_timestamp, 3000u * i);
            CU_ASSERT_EQUAL(got.size - got.header.payload_offset, 100);
            for (unsigned at = 0; at < 100; at++)
                CU_ASSERT(got.bytes[got.header.payload_offset + at] == (uint8_t)(plan.sequence + at));
        }
        media_close(&publisher, &viewer);
    }
}

static void extensions_are_mapped_left_out_and_made_anew(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT(has(TO_MID, "m1", 2));
    CU_ASSERT(has(TO_LEVEL, "\x85", 1));
    CU_ASSERT(has(TO_SEND_TIME, NULL, 3));
    CU_ASSERT_FALSE(has(TO_SEND_TIME, "\x01\x02\x03", 3)); // the publisher's clock means nothing to the viewer
    struct rtp_extension_iterator iterator = rtp_extension_begin(got.bytes, &got.header);
    struct rtp_extension_element element;
    unsigned count = 0;
    while (rtp_extension_next(&iterator, &element))
        count++;
    CU_ASSERT_EQUAL(count, 3); // no orientation, no transport-wide number
    media_close(&publisher, &viewer);
}

static void rollover_of_both_counters_is_survived(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        uint32_t missing = 0;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[suite]);
        // Ten jumps of 0x7000 take both over 2^16, twice.
        for (uint32_t index = 0x7ff0; index < 0x7ff0 + 10 * 0x7000; index += 0x7000)
            for (uint32_t i = 0; i < 3; i++) {
                media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = (uint16_t)(index + i)});
                missing += !media_take(&viewer, &got);
            }
        CU_ASSERT_EQUAL(missing, 0);
        CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_BAD_TAG), 0);
        struct route_state *state = tables_route_state(&gateway.control, 0);
        CU_ASSERT(counter_get(&state->highest_index) > 0x1ffff);
        media_close(&publisher, &viewer);
    }
}

static void what_a_viewer_cannot_get_is_dropped_by_its_name(void)
{
    static const struct {
        const char *what;
        struct rtp_plan plan;
        enum drop_reason reason;
    } rows[] = {
        {"a type that was not negotiated", {.payload_type = 99}, DROP_RTP_ROUTE_UNKNOWN_PAYLOAD_TYPE},
        {"older than the viewer's first", {.sequence = 990}, DROP_RTP_REWRITE_BEFORE_START},
    };
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1000});
    CU_ASSERT(media_take(&viewer, &got));
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        struct rtp_plan plan = rows[i].plan;
        plan.ssrc = 0x1000;
        plan.sequence = plan.sequence ? plan.sequence : 1001;
        media_send(&publisher, &plan);
        CU_ASSERT_EQUAL(gateway_dropped(rows[i].reason), 1);
        CU_ASSERT_FALSE(media_take(&viewer, &got));
    }
    media_close(&publisher, &viewer);
}

static void optional_extensions_give_way_to_the_mtu(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1, .size = 1420});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT(has(TO_MID, "m1", 2));
    CU_ASSERT_FALSE(has(TO_LEVEL, NULL, 1) || has(TO_SEND_TIME, NULL, 3));
    media_close(&publisher, &viewer);
}

static void a_paused_route_gets_nothing(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    viewer.intent.first_route = (struct record_link){0};
    struct route_intent route = media_watch(&viewer, 0, &publisher, 0, 0x2000);
    route.paused = 1;
    media_write_route(0, &route);
    peer_publish(&viewer);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    route.paused = 0;
    media_write_route(0, &route);
    peer_publish(&viewer);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

// Records that a broken naru-control linked into a ring: the worker must not walk it for ever.
static void a_ring_of_routes_is_cut(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    struct route_intent route = media_watch(&viewer, 0, &publisher, 0, 0x2000); // its next is itself
    CU_ASSERT_EQUAL_FATAL(route.next.index, 0);
    CU_ASSERT_EQUAL(route.next.generation, route.generation);
    peer_publish(&viewer);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(&viewer, &got));
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

// A publisher that starts again under another SSRC: the viewer's numbers and time go on.
static void a_new_source_goes_on_in_the_viewers_numbers(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[1]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 500, .timestamp = 1000000});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    struct rtp_header before = got.header;
    gateway_advance(1000);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 60000, .timestamp = 5});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.ssrc, before.ssrc);
    CU_ASSERT((uint16_t)(got.header.sequence - before.sequence) - 1 < 128);
    CU_ASSERT_EQUAL(got.header.timestamp - before.timestamp, 90001);
    media_close(&publisher, &viewer);
}

// replaceTrack: another publisher's stream, even with the same SSRC, in the same numbers.
static void a_route_changes_its_stream_and_goes_on(void)
{
    struct peer publisher, other, viewer;
    struct route_intent route;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[1]);
    peer_join(&other, 2, 0, media_suites[1]);
    media_publish(&other, 1, 0x1000);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 500, .timestamp = 1000000});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    struct rtp_header before = got.header;
    record_read(&tables_route(&gateway.control, 0)->head, &route, sizeof(route));
    route.from_stream = (struct record_link){1, 101};
    media_write_route(0, &route);
    peer_publish(&viewer);
    gateway_advance(1000);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 501, .timestamp = 1003000});
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    (void)rtcp_count(&other, 206, 1); // RFC 4585 6.3.1
    media_send(&other, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 60000, .timestamp = 5});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.ssrc, before.ssrc);
    CU_ASSERT((uint16_t)(got.header.sequence - before.sequence) - 1 < 128);
    CU_ASSERT_EQUAL(got.header.timestamp - before.timestamp, 90001);
    CU_ASSERT_EQUAL(rtcp_count(&other, 206, 1), 1);
    media_send(&other, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 60001, .timestamp = 3005});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.timestamp - before.timestamp, 93001);
    peer_close(&other);
    media_close(&publisher, &viewer);
}

void rtp_rewrite_suite(void)
{
    CU_pSuite suite = CU_add_suite("rtp_rewrite and srtp_protect", NULL, NULL);
    CU_ADD_TEST(suite, the_viewer_gets_the_payload_under_its_own_header);
    CU_ADD_TEST(suite, extensions_are_mapped_left_out_and_made_anew);
    CU_ADD_TEST(suite, rollover_of_both_counters_is_survived);
    CU_ADD_TEST(suite, what_a_viewer_cannot_get_is_dropped_by_its_name);
    CU_ADD_TEST(suite, optional_extensions_give_way_to_the_mtu);
    CU_ADD_TEST(suite, a_paused_route_gets_nothing);
    CU_ADD_TEST(suite, a_ring_of_routes_is_cut);
    CU_ADD_TEST(suite, a_new_source_goes_on_in_the_viewers_numbers);
    CU_ADD_TEST(suite, a_route_changes_its_stream_and_goes_on);
}
