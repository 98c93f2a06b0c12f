// SPDX-License-Identifier: Apache-2.0
// dataplane/handover_rooms.c: proves that a room on two workers stays one room whichever of its shards moves, that
// receivers of the moved shard's own streams lose nothing, and that no packet comes twice or stays behind.
#include "media.h"
#include "moves.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <rte_launch.h>

#define HERE    3 // viewers on the publisher's shard
#define THERE   4 // and on the other one
#define VIEWERS (HERE + THERE)
#define GAP     4 // packets that a receiver may miss while it looks for its stream: NACK repairs them
#define WALKS   500
#define WALK_NS 20000

static struct peer publisher, viewers[VIEWERS];
static uint16_t sent, expected[VIEWERS];
static unsigned received[VIEWERS], missed[VIEWERS];

static void open_room(void)
{
    gateway_open(2);
    peer_join(&publisher, 0, 0, media_suites[0]);
    media_publish(&publisher, 0, 0x1000);
    for (unsigned i = 0; i < VIEWERS; i++) {
        peer_join(&viewers[i], 1 + i, i >= HERE, media_suites[i % 3]);
        struct route_intent route = media_watch(&viewers[i], i, &publisher, 0, 0x2000 + 2 * i);
        route.rtx_ssrc = 0x2001 + 2 * i;
        route.rtx_payload_types[0] = VIEWER_RTX_TYPE;
        media_write_route(i, &route);
        peer_publish(&viewers[i]);
        received[i] = missed[i] = 0;
    }
    sent = 100;
    gateway_settle();
}

static void close_room(void)
{
    for (unsigned i = 0; i < VIEWERS; i++)
        peer_close(&viewers[i]);
    forget_datagrams();
    peer_close(&publisher);
    gateway_close();
}

static void queue_packet(void)
{
    uint8_t data[FRAME_MAX];
    struct rtp_plan plan = {.ssrc = 0x1000, .sequence = sent, .timestamp = 3000u * sent};
    peer_queue(&publisher, data, media_write(&publisher, &plan, data));
    sent++;
}

static void take_all(void)
{
    struct rtp_packet got;
    for (unsigned i = 0; i < VIEWERS; i++) {
        for (; media_take(&viewers[i], &got); received[i]++) {
            uint16_t ahead = received[i] ? (uint16_t)(got.header.sequence - expected[i]) : 0;
            CU_ASSERT(ahead <= GAP); // also: none comes twice, none late
            missed[i] += ahead;
            expected[i] = (uint16_t)(got.header.sequence + 1);
        }
    }
}

static void walk_under_media(unsigned walks)
{
    for (unsigned i = 0; i < walks; i++) {
        queue_packet();
        gateway_advance(1);
        gateway_walk();
        CU_ASSERT(move_owners(0) <= 1 && move_owners(1) <= 1);
        take_all();
    }
}

static void move(uint32_t shard, uint32_t worker)
{
    move_order(shard, worker);
    walk_under_media(12);
    CU_ASSERT(move_has_ended(shard));
}

static void expect_whole(unsigned first, unsigned end, unsigned moves)
{
    gateway_settle();
    take_all();
    for (unsigned i = first; i < end; i++) {
        CU_ASSERT(missed[i] <= GAP * moves);
        CU_ASSERT_EQUAL(received[i] + missed[i], (uint16_t)(sent - 100));
    }
}

static struct mirror *mirror_on(unsigned worker)
{
    return gateway.workers[worker]->spill.mirrors.by_stream[0];
}

static void a_publisher_goes_to_its_viewers_and_away_again(void)
{
    open_room();
    for (unsigned turn = 0; turn < 5; turn++) {
        move(0, 1);
        CU_ASSERT_PTR_NULL(mirror_on(0));
        CU_ASSERT_PTR_NULL(mirror_on(1));
        CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, VIEWERS);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.rtx_count, VIEWERS);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 0);
        move(0, 0);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, HERE);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 1 << 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(mirror_on(1));
        CU_ASSERT_EQUAL(mirror_on(1)->audience.count, THERE);
    }
    expect_whole(0, HERE, 0);
    expect_whole(HERE, VIEWERS, 10);
    CU_ASSERT_EQUAL(gateway_drops(), 0);
    close_room();
}

static void viewers_go_to_their_publisher_and_away_again(void)
{
    open_room();
    for (unsigned turn = 0; turn < 5; turn++) {
        move(1, 0);
        CU_ASSERT_PTR_NULL(mirror_on(1));
        CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, VIEWERS);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 0);
        move(1, 1);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, HERE);
        CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 1 << 1);
    }
    expect_whole(0, HERE, 0);
    expect_whole(HERE, VIEWERS, 10);
    close_room();
}

static void both_shards_change_places(void)
{
    open_room();
    for (unsigned turn = 0; turn < 6; turn++) {
        move_order(0, (turn + 1) % 2);
        move_order(1, turn % 2);
        walk_under_media(12);
        for (unsigned i = HERE; i < VIEWERS; i++)
            gateway_fire(viewers[i].transport);
        walk_under_media(4);
        CU_ASSERT(move_has_ended(0) && move_has_ended(1));
        CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 1u << turn % 2);
        CU_ASSERT_PTR_NOT_NULL_FATAL(mirror_on(turn % 2));
        CU_ASSERT_EQUAL(mirror_on(turn % 2)->audience.count, THERE);
    }
    gateway_settle();
    take_all();
    for (unsigned i = 0; i < VIEWERS; i++)
        CU_ASSERT(received[i] > 0);
    expect_whole(0, HERE, 0);
    close_room();
}

static int walk_on(void *argument)
{
    struct worker *worker = argument;
    for (unsigned i = 0; i < WALKS; i++) {
        worker->now += WALK_NS;
        worker_walk(worker);
    }
    return 0;
}

// Both at once, as in the product: what a thread sanitizer is to look at.
static void shards_move_while_two_workers_walk(void)
{
    open_room();
    for (unsigned turn = 0; turn < 8; turn++) {
        for (unsigned i = 0; i < 20; i++)
            queue_packet();
        move_order(turn / 2 % 2, turn % 2 ? turn / 2 % 2 : 1 - turn / 2 % 2);
        CU_ASSERT_EQUAL_FATAL(rte_eal_remote_launch(walk_on, gateway.workers[1], 1), 0);
        walk_on(gateway.workers[0]);
        rte_eal_wait_lcore(1);
        forget_datagrams();
        gateway_advance(WALKS * WALK_NS / 1000000);
        for (unsigned i = 0; i < 12; i++) {
            gateway_advance(1);
            gateway_walk();
            forget_datagrams();
        }
        CU_ASSERT(move_has_ended(turn / 2 % 2));
    }
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, HERE);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].elsewhere, 1 << 1);
    close_room();
}

void handover_rooms_suite(void)
{
    CU_pSuite suite = CU_add_suite("handover of rooms on two workers", NULL, NULL);
    CU_ADD_TEST(suite, a_publisher_goes_to_its_viewers_and_away_again);
    CU_ADD_TEST(suite, viewers_go_to_their_publisher_and_away_again);
    CU_ADD_TEST(suite, both_shards_change_places);
    CU_ADD_TEST(suite, shards_move_while_two_workers_walk);
}
