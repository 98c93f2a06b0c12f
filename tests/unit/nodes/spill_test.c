// SPDX-License-Identifier: Apache-2.0
// spill_rx, dataplane/spill.c, mirror.c: proves that a room on two workers is one room: media, key-frame requests and
// repairs cross over, whatever is installed first, and every reference is given back.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <rte_launch.h>

#define HERE  3 // viewers on the publisher's worker
#define THERE 4 // and on the other one
#define WALKS 1000
#define SENT  80

static struct peer publisher, viewers[HERE + THERE];
static struct rtp_packet got;

static void watch(unsigned i, uint32_t shard)
{
    peer_join(&viewers[i], 1 + i, shard, media_suites[i % 3]);
    struct route_intent route = media_watch(&viewers[i], i, &publisher, 0, 0x2000 + 2 * i);
    route.rtx_ssrc = 0x2001 + 2 * i;
    route.rtx_payload_types[0] = VIEWER_RTX_TYPE;
    media_write_route(i, &route);
}

static void open_room(void)
{
    gateway_open(2);
    peer_join(&publisher, 0, 0, media_suites[0]);
    media_publish(&publisher, 0, 0x1000);
    for (unsigned i = 0; i < HERE + THERE; i++) {
        watch(i, i >= HERE);
        peer_publish(&viewers[i]);
    }
    gateway_settle();
}

static void close_room(void)
{
    for (unsigned i = 0; i < HERE + THERE; i++)
        peer_close(&viewers[i]);
    forget_datagrams();
    peer_close(&publisher);
    gateway_close();
}

static void send_packet(uint16_t sequence)
{
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence, .timestamp = 3000u * sequence});
    gateway_walk();
}

static unsigned take_all(unsigned i)
{
    unsigned count = 0;
    for (; media_take(&viewers[i], &got); count++)
        CU_ASSERT_EQUAL(got.header.ssrc, 0x2000 + 2 * i);
    return count;
}

static void everybody_hears_a_room_on_two_workers(void)
{
    open_room();
    for (uint16_t i = 0; i < 20; i++)
        send_packet(i);
    for (unsigned i = 0; i < HERE + THERE; i++)
        CU_ASSERT_EQUAL(take_all(i), 20);
    CU_ASSERT_EQUAL(gateway_created(CREATE_SHARED), 20); // once for the worker, not for each viewer
    CU_ASSERT_EQUAL(counter_get(&gateway.workers[1]->state->created[CREATE_FAN_OUT]), 20 * THERE);
    CU_ASSERT_EQUAL(gateway_drops(), 0);
    close_room();
}

static void a_room_may_have_all_its_viewers_elsewhere(void)
{
    open_room();
    for (unsigned i = 0; i < HERE; i++) {
        viewers[i].intent.first_route = (struct record_link){0};
        peer_publish(&viewers[i]);
    }
    gateway_settle();
    send_packet(1);
    CU_ASSERT_EQUAL(take_all(0), 0);
    CU_ASSERT_EQUAL(take_all(HERE), 1);
    for (unsigned i = HERE; i < HERE + THERE; i++) {
        viewers[i].intent.first_route = (struct record_link){0};
        peer_publish(&viewers[i]);
    }
    gateway_settle();
    CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 0);
    CU_ASSERT_PTR_NULL(gateway.workers[1]->spill.mirrors.by_stream[0]);
    uint64_t shared = gateway_created(CREATE_SHARED);
    send_packet(2);
    CU_ASSERT_EQUAL(gateway_created(CREATE_SHARED), shared);
    CU_ASSERT_PTR_NULL(gateway.entries.streams[0].history);
    close_room();
}

static void viewers_may_be_installed_before_their_publisher(void)
{
    open_room();
    send_packet(1);
    uint32_t room = publisher.transport;
    struct transport_intent intent = publisher.intent;
    publisher.intent.generation = 0;
    peer_publish(&publisher);
    gateway_settle();
    CU_ASSERT_FALSE(gateway.workers[0]->installed[0] >> room & 1);
    publisher.intent = intent; // as a successor finds it, some walks after the others
    peer_publish(&publisher);
    for (unsigned i = 0; i < HERE + THERE; i++)
        gateway_fire(viewers[i].transport);
    gateway_settle();
    CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 1 << 1);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, HERE);
    CU_ASSERT_EQUAL(gateway.workers[1]->spill.mirrors.by_stream[0]->audience.count, THERE);
    close_room();
}

static void a_killed_dataplane_comes_back_with_the_room(void)
{
    open_room();
    for (uint16_t i = 0; i < 5; i++)
        send_packet(i);
    for (unsigned i = 0; i < HERE + THERE; i++)
        CU_ASSERT_EQUAL(take_all(i), 5);
    gateway_restart();
    for (unsigned i = 0; i < HERE + THERE; i++)
        gateway_fire(viewers[i].transport);
    gateway_settle();
    for (uint16_t i = 5; i < 10; i++)
        send_packet(i);
    for (unsigned i = 0; i < HERE + THERE; i++)
        CU_ASSERT_EQUAL(take_all(i), 5);
    close_room();
}

static void a_key_frame_request_crosses_over(void)
{
    uint8_t data[64];
    open_room();
    send_packet(1);
    gateway_settle();
    gateway_advance(600);
    gateway_fire(publisher.transport);
    gateway_settle();
    forget_datagrams();
    rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI);
    gateway_advance(600);
    for (unsigned i = HERE; i < HERE + THERE; i++) {
        int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
        size += rtcp_write_pli(data + size, sizeof(data) - (size_t)size, 0x77, 0x2000 + 2 * i);
        rtcp_send(&viewers[i], data, size);
    }
    gateway_settle();
    CU_ASSERT_EQUAL(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI), 1); // one in half a second, as of one worker
    close_room();
}

static void nack(unsigned viewer, uint16_t sequence)
{
    uint8_t data[256];
    int size = rtcp_write_rr(data, sizeof(data), 0x77, NULL, 0);
    size += rtcp_write_nack(data + size, sizeof(data) - (size_t)size, 0x77, 0x2000 + 2 * viewer, &sequence, 1);
    rtcp_send(&viewers[viewer], data, size);
    gateway_settle();
}

static uint64_t outcomes(enum nack_outcome kind)
{
    return counter_get(&gateway.workers[0]->state->nacked[kind]) +
           counter_get(&gateway.workers[1]->state->nacked[kind]);
}

static void what_was_lost_comes_again_from_the_other_worker(void)
{
    static struct rtp_packet lost;
    const unsigned viewer = HERE + 1;
    open_room();
    for (uint16_t i = 0; i < 10; i++) {
        send_packet(i);
        CU_ASSERT_FATAL(media_take(&viewers[viewer], &got));
        if (i == 4)
            lost = got;
    }
    nack(viewer, lost.header.sequence);
    CU_ASSERT_FATAL(media_take(&viewers[viewer], &got));
    unsigned size = lost.size - lost.header.payload_offset;
    const uint8_t *payload = got.bytes + got.header.payload_offset;
    CU_ASSERT_EQUAL(got.header.ssrc, 0x2001 + 2 * viewer);
    CU_ASSERT_EQUAL(got.header.payload_type, VIEWER_RTX_TYPE);
    CU_ASSERT_EQUAL(got.header.timestamp, lost.header.timestamp);
    CU_ASSERT_EQUAL_FATAL(got.size - got.header.payload_offset, size + 2);
    CU_ASSERT_EQUAL(bytes_get16(payload), lost.header.sequence);
    CU_ASSERT_EQUAL(memcmp(payload + 2, lost.bytes + lost.header.payload_offset, size), 0);
    nack(viewer, lost.header.sequence);
    CU_ASSERT_EQUAL(outcomes(NACK_TOO_SOON), 1); // not again within a round trip
    nack(viewer, (uint16_t)(lost.header.sequence + 100));
    CU_ASSERT_EQUAL(outcomes(NACK_UNKNOWN), 1);
    CU_ASSERT_EQUAL(outcomes(NACK_RESENT), 1);
    CU_ASSERT_EQUAL(gateway_created(CREATE_KEPT), 1);
    CU_ASSERT_EQUAL(gateway_drops(), 0);
    close_room();
}

static void a_full_ring_is_a_drop_with_a_name(void)
{
    static uint8_t data[FRAME_MAX];
    open_room();
    gateway.worker_count = 1; // worker 1 hangs
    for (uint16_t i = 0; i < 1100; i++) {
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
        if (i % 50 == 0)
            gateway_settle();
        while (i % 50 == 0 && media_take(&viewers[0], &got))
            ;
        if (i % 50 == 0)
            forget_datagrams();
    }
    gateway_settle();
    gateway.worker_count = 2;
    uint64_t full = gateway_dropped(DROP_SPILL_FULL);
    CU_ASSERT(full > 0 && full < 100);
    CU_ASSERT_EQUAL(full + gateway_consumed(CONSUME_HANDED_OUT), 1100);
    forget_datagrams();
    for (unsigned i = 0; i < 60; i++) {
        gateway_walk();
        forget_datagrams();
    }
    close_room();
}

static int walk_on(void *worker)
{
    for (unsigned i = 0; i < WALKS; i++)
        worker_walk(worker);
    return 0;
}

// Both at once, as in the product: what a thread sanitizer is to look at.
static void two_workers_walk_at_once(void)
{
    static uint8_t data[FRAME_MAX];
    open_room();
    for (uint16_t i = 0; i < SENT; i++)
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    CU_ASSERT_EQUAL_FATAL(rte_eal_remote_launch(walk_on, gateway.workers[1], 1), 0);
    walk_on(gateway.workers[0]);
    rte_eal_wait_lcore(1);
    gateway_settle();
    for (unsigned i = 0; i < HERE + THERE; i++)
        CU_ASSERT_EQUAL(take_all(i), SENT);
    CU_ASSERT_EQUAL(gateway_drops(), 0);
    close_room();
}

void spill_suite(void)
{
    CU_pSuite suite = CU_add_suite("a room on two workers", NULL, NULL);
    CU_ADD_TEST(suite, everybody_hears_a_room_on_two_workers);
    CU_ADD_TEST(suite, a_room_may_have_all_its_viewers_elsewhere);
    CU_ADD_TEST(suite, viewers_may_be_installed_before_their_publisher);
    CU_ADD_TEST(suite, a_killed_dataplane_comes_back_with_the_room);
    CU_ADD_TEST(suite, a_key_frame_request_crosses_over);
    CU_ADD_TEST(suite, what_was_lost_comes_again_from_the_other_worker);
    CU_ADD_TEST(suite, a_full_ring_is_a_drop_with_a_name);
    CU_ADD_TEST(suite, two_workers_walk_at_once);
}
