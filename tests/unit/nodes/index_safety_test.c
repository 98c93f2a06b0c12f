// SPDX-License-Identifier: Apache-2.0
// rtp_rewrite, srtp_unprotect, srtcp_unprotect: proves that no (key, SSRC, index) is encrypted twice and that each
// index is taken in the window of its own source, whatever sources, bursts and restarts do (RFC 3711 9.1).
#include "media.h"
#include "nodes_suites.h"
#include "srtcp.h"

#include <CUnit/CUnit.h>

#define STEPS 1500

static struct rtp_packet got;
static uint8_t used[65536], data[FRAME_MAX];
static struct peer publisher, viewer;

static void start(uint16_t suite)
{
    memset(used, 0, sizeof(used));
    gateway_open(1);
    media_pair(&publisher, &viewer, suite);
}

// Fewer packets than 16 bits count, from below 2^15: a sequence number is an index.
static unsigned take_used_before(void)
{
    unsigned twice = 0;
    while (media_take(&viewer, &got))
        twice += used[got.header.sequence]++;
    return twice;
}

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*state * below >> 32);
}

static void restart(void)
{
    gateway_settle();
    gateway_restart();
    gateway_walk();
}

// Three sources take turns, each with packets up to 250 late; the process is killed now and then.
static void lateness_switches_and_restarts_take_no_index_twice(void)
{
    for (uint32_t seed = 1; seed <= 3; seed++) {
        uint16_t next[3] = {1000, 65000, 30000};
        uint32_t random = seed, source = 0;
        unsigned twice = 0;
        start(media_suites[1]);
        for (unsigned step = 0; step < STEPS; step++) {
            source = draw(&random, 40) ? source : draw(&random, 3);
            uint16_t late = draw(&random, 4) ? 0 : (uint16_t)draw(&random, 250);
            struct rtp_plan plan = {.ssrc = 0x1000 + source, .sequence = (uint16_t)(next[source] - late)};
            next[source] = (uint16_t)(next[source] + (late == 0) + draw(&random, 2));
            media_send(&publisher, &plan);
            twice += take_used_before();
            if (draw(&random, 100) == 0)
                restart();
        }
        CU_ASSERT_EQUAL(twice, 0);
        media_close(&publisher, &viewer);
    }
}

static void a_late_packet_after_a_restart_gets_a_number_of_its_own(void)
{
    start(media_suites[0]);
    size_t late = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1050}, data);
    for (uint16_t sequence = 1000; sequence < 1150; sequence++)
        if (sequence != 1050)
            media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
    CU_ASSERT_EQUAL(take_used_before(), 0);
    uint16_t last = got.header.sequence;
    restart();
    peer_send(&publisher, data, late);
    gateway_walk();
    CU_ASSERT_EQUAL(take_used_before(), 0);
    CU_ASSERT_EQUAL(got.header.sequence, (uint16_t)(last + 65)); // above all of the killed process
    media_close(&publisher, &viewer);
}

static void ssrc_zero_between_two_sources_does_not_start_again(void)
{
    start(media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    uint16_t first = got.header.sequence;
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0, .sequence = 20});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_UNKNOWN_STREAM), 1);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 30});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.sequence, (uint16_t)(first + 65));
    media_close(&publisher, &viewer);
}

// The tables' word for "no source" beside a taken index: what was sent counts.
static void an_index_without_a_source_is_not_forgotten(void)
{
    start(media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    uint16_t first = got.header.sequence;
    gateway_settle();
    tables_route_state(&gateway.dataplane, 0)->source_ssrc = 0;
    gateway_restart();
    gateway_walk();
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1001, .sequence = 11});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(got.header.sequence, (uint16_t)(first + 65));
    media_close(&publisher, &viewer);
}

static bool is_bound(uint32_t ssrc)
{
    const struct transport_entry *transport = &gateway.entries.transports[0];
    for (unsigned i = 0; i < transport->ssrc_count; i++)
        if (transport_ssrc(transport, i)->ssrc == ssrc)
            return true;
    return false;
}

// A source that would have to give way speaks in the very burst in which a new one comes.
static void a_new_source_does_not_take_the_place_of_one_in_its_burst(void)
{
    static uint8_t other[FRAME_MAX];
    start(media_suites[0]);
    for (uint32_t i = 0; i < STREAM_MAX_BINDINGS; i++) {
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000 + i, .sequence = 1});
        gateway_advance(1);
    }
    gateway_advance(6000);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2}, data);
    size_t other_size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1100, .sequence = 2}, other);
    peer_queue(&publisher, data, size);
    peer_queue(&publisher, other, other_size);
    gateway_settle();
    CU_ASSERT(is_bound(0x1000) && is_bound(0x1100));
    CU_ASSERT_FALSE(is_bound(0x1001)); // the one that was silent longest
    peer_send(&publisher, data, size);
    peer_send(&publisher, other, other_size);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), 2);
    for (uint32_t i = 2; i < STREAM_MAX_BINDINGS; i++) // nobody else's window was touched
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000 + i, .sequence = 2});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), 2);
    media_close(&publisher, &viewer);
}

// RFC 3711 9.2: the last index is used, and then none any more: neither the first nor one beyond.
static void keys_end_with_their_last_index(void)
{
    start(media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10});
    CU_ASSERT_FATAL(media_take(&viewer, &got));
    struct route_state *state = tables_route_state(&gateway.dataplane, 0);
    gateway_settle();
    atomic_store(&state->highest_index, SRTP_INDEX_MAX - 66);
    restart(); // begins 65 later, with a window that knows of no jump
    for (uint16_t sequence = 11; sequence < 20; sequence++)
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
    CU_ASSERT_EQUAL(atomic_load(&state->highest_index), SRTP_INDEX_MAX);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_PROTECT_KEYS_USED_UP), 7);
    restart(); // begins beyond
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 20});
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_PROTECT_KEYS_USED_UP), 8);
    CU_ASSERT_EQUAL(atomic_load(&state->highest_index), SRTP_INDEX_MAX);
    forget_datagrams();
    media_close(&publisher, &viewer);
}

static void srtcp_keys_end_with_their_last_index(void)
{
    start(media_suites[0]);
    struct transport_state *state = tables_transport_state(&gateway.dataplane, publisher.transport);
    atomic_store(&state->srtcp_index, SRTCP_INDEX_MAX);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 10});
    for (unsigned i = 0; i < 10; i++) {
        gateway_advance(1000);
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = (uint16_t)(11 + i)});
        gateway_fire(publisher.transport);
        gateway_settle();
    }
    CU_ASSERT_EQUAL(atomic_load(&state->srtcp_index), SRTCP_INDEX_MAX + 1);
    CU_ASSERT_EQUAL(atomic_load(&state->rtcp_sent), 1);
    CU_ASSERT(gateway_dropped(DROP_SRTP_PROTECT_KEYS_USED_UP) > 0);
    forget_datagrams();
    media_close(&publisher, &viewer);
}

static void report_as(uint32_t ssrc)
{
    uint8_t report[64];
    rtcp_send(&viewer, report, rtcp_write_rr(report, sizeof(report), ssrc, NULL, 0));
}

static void silent_srtcp_senders_give_way(void)
{
    start(media_suites[0]);
    for (uint32_t i = 0; i < TRANSPORT_MAX_RTCP_SENDERS; i++)
        report_as(0x9000 + i);
    report_as(0x9100);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTCP_UNPROTECT_SSRC_LIMIT), 1);
    gateway_advance(11000);
    report_as(0x9000); // speaks: the next in age gives way
    report_as(0x9100);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTCP_UNPROTECT_SSRC_LIMIT), 1);
    const struct transport_state *state = tables_transport_state(&gateway.control, viewer.transport);
    CU_ASSERT_EQUAL(state->rtcp_senders[0].ssrc, 0x9000);
    CU_ASSERT_EQUAL(state->rtcp_senders[1].ssrc, 0x9100);
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_RTCP), TRANSPORT_MAX_RTCP_SENDERS + 2);
    media_close(&publisher, &viewer);
}

// Repairs have an SSRC of their own: none of its indexes twice either, over kills with packets under way.
static void repairs_take_no_index_twice(void)
{
    uint32_t random = 9;
    unsigned twice = 0, repairs = 0;
    memset(used, 0, sizeof(used));
    gateway_open(1);
    media_pair_with_rtx(&publisher, &viewer, media_suites[1]);
    for (uint16_t sequence = 1; sequence <= STEPS; sequence++) {
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
        uint16_t wanted[1] = {0};
        for (bool is_media = true; media_take(&viewer, &got);) {
            is_media = got.header.ssrc == 0x2000;
            repairs += !is_media;
            twice += is_media ? 0 : used[got.header.sequence]++;
            wanted[0] = is_media ? got.header.sequence : wanted[0];
        }
        if (draw(&random, 3) == 0)
            media_nack(&viewer, wanted, 1);
        if (draw(&random, 60) == 0)
            draw(&random, 2) ? restart() : gateway_restart();
        gateway_walk();
    }
    CU_ASSERT(repairs > 100);
    CU_ASSERT_EQUAL(twice, 0);
    media_close(&publisher, &viewer);
}

void index_safety_suite(void)
{
    CU_pSuite suite = CU_add_suite("index safety", NULL, NULL);
    CU_ADD_TEST(suite, lateness_switches_and_restarts_take_no_index_twice);
    CU_ADD_TEST(suite, repairs_take_no_index_twice);
    CU_ADD_TEST(suite, a_late_packet_after_a_restart_gets_a_number_of_its_own);
    CU_ADD_TEST(suite, ssrc_zero_between_two_sources_does_not_start_again);
    CU_ADD_TEST(suite, an_index_without_a_source_is_not_forgotten);
    CU_ADD_TEST(suite, a_new_source_does_not_take_the_place_of_one_in_its_burst);
    CU_ADD_TEST(suite, silent_srtcp_senders_give_way);
    CU_ADD_TEST(suite, keys_end_with_their_last_index);
    CU_ADD_TEST(suite, srtcp_keys_end_with_their_last_index);
}
