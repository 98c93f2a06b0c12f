// SPDX-License-Identifier: Apache-2.0
// fan_out, rtp_route: proves that a wide room gets every packet once and in order, and that coming and going meanwhile
// harms nobody.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

#define VIEWERS   20
#define ROUTES    10 // of each viewer: 200 receivers are more than one walk emits
#define PACKETS   3
#define POOL_MOST 8192

static struct peer publisher, viewers[VIEWERS];
static struct rtp_packet got;

static void open_room(unsigned routes)
{
    gateway_open(1);
    peer_join(&publisher, 0, 0, media_suites[1]);
    media_publish(&publisher, 0, 0x1000);
    for (unsigned i = 0; i < VIEWERS; i++) {
        peer_join(&viewers[i], 1 + i, 0, media_suites[1]);
        for (unsigned j = 0; j < routes; j++)
            media_watch(&viewers[i], i * ROUTES + j, &publisher, 0, 0x20000 + i * ROUTES + j);
    }
}

static void close_room(void)
{
    forget_datagrams();
    for (unsigned i = 0; i < VIEWERS; i++)
        peer_close(&viewers[i]);
    peer_close(&publisher);
    gateway_close();
}

static void a_sole_receiver_gets_the_plaintexts_own_buffer(void)
{
    struct peer viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[1]);
    for (uint16_t routes = 1; routes <= 2; routes++) {
        uint64_t created = gateway_created(CREATE_FAN_OUT);
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = routes, .size = 1000});
        for (uint16_t i = 0; i < routes; i++) {
            CU_ASSERT(media_take(&viewer, &got));
            CU_ASSERT_EQUAL(got.size - got.header.payload_offset, 1000);
        }
        CU_ASSERT_EQUAL(gateway_created(CREATE_FAN_OUT) - created, routes == 1 ? 0 : 2);
        media_watch(&viewer, 1, &publisher, 0, 0x2001);
        gateway_settle();
    }
    media_close(&publisher, &viewer);
}

static void a_wide_room_gets_each_packet_once_and_in_order(void)
{
    static uint8_t data[FRAME_MAX];
    open_room(ROUTES);
    // One by one through the walks, so that the test's inbox holds them.
    for (uint16_t i = 0; i < PACKETS; i++) {
        uint64_t created = gateway_created(CREATE_FAN_OUT);
        peer_send(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
        CU_ASSERT_EQUAL(gateway_created(CREATE_FAN_OUT) - created, 128); // at most, in one walk
        gateway_walk();
        CU_ASSERT_EQUAL(gateway_created(CREATE_FAN_OUT) - created, VIEWERS * ROUTES);
        for (unsigned viewer = 0; viewer < VIEWERS; viewer++) {
            unsigned count = 0;
            uint32_t seen = 0;
            while (media_take(&viewers[viewer], &got)) {
                seen |= 1u << (got.header.ssrc - 0x20000 - viewer * ROUTES);
                CU_ASSERT_EQUAL(got.bytes[got.header.payload_offset], (uint8_t)i);
                count++;
            }
            CU_ASSERT_EQUAL(count, ROUTES);
            CU_ASSERT_EQUAL(seen, (1u << ROUTES) - 1);
        }
    }
    close_room();
}

static void a_viewer_that_leaves_meanwhile_harms_nobody(void)
{
    static uint8_t data[FRAME_MAX];
    open_room(ROUTES);
    peer_send(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data));
    gateway_walk(); // 128 of 200
    viewers[3].intent.generation = 0;
    peer_publish(&viewers[3]);
    gateway_settle();
    struct transport_state *state = tables_transport_state(&gateway.control, viewers[3].transport);
    CU_ASSERT_EQUAL(state->applied_generation, 0); // removed, and said so
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    gateway_settle();
    unsigned last = 0;
    while (media_take(&viewers[19], &got))
        last++;
    CU_ASSERT(last >= ROUTES); // the second packet at least: the first was under way when the list changed
    close_room();
}

static void a_publisher_that_leaves_ends_what_was_queued(void)
{
    static uint8_t data[FRAME_MAX];
    open_room(ROUTES);
    peer_send(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data));
    publisher.intent.generation = 0;
    peer_publish(&publisher);
    uint64_t created = gateway_created(CREATE_FAN_OUT);
    gateway_settle();
    CU_ASSERT_EQUAL(gateway_created(CREATE_FAN_OUT), created);
    CU_ASSERT_EQUAL(gateway.workers[0]->state->transports, VIEWERS);
    close_room();
}

static void a_record_that_is_used_again_hears_only_its_new_room(void)
{
    struct peer other;
    open_room(1);
    peer_join(&other, 25, 0, media_suites[0]);
    media_publish(&other, 1, 0x7000);
    viewers[0].intent.first_route = (struct record_link){0};
    struct route_intent route = media_watch(&viewers[0], 0, &other, 1, 0x55555);
    route.generation = 999;
    media_write_route(0, &route);
    viewers[0].intent.first_route.generation = 999;
    peer_publish(&viewers[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT_FALSE(media_take(&viewers[0], &got));
    media_send(&other, &(struct rtp_plan){.ssrc = 0x7000, .sequence = 1});
    CU_ASSERT(media_take(&viewers[0], &got) && got.header.ssrc == 0x55555);
    peer_close(&other);
    close_room();
}

// All but `left` of the pool's packets; ret_taken has room for them.
static unsigned take_packets(unsigned left, struct rte_mbuf **ret_taken)
{
    struct rte_mempool *pool = gateway.workers[0]->pool;
    unsigned count = rte_mempool_avail_count(pool) - left;
    CU_ASSERT_EQUAL_FATAL(rte_pktmbuf_alloc_bulk(pool, ret_taken, count), 0);
    return count;
}

static void a_pool_that_is_nearly_dry_serves_some_at_a_time(void)
{
    static uint8_t data[FRAME_MAX];
    static struct rte_mbuf *taken[POOL_MOST];
    unsigned counts[VIEWERS] = {0};
    open_room(ROUTES);
    for (uint16_t i = 0; i < PACKETS; i++)
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    unsigned count = take_packets(10, taken);
    for (unsigned walks = 0; walks < 2 * PACKETS * VIEWERS; walks++) {
        gateway_walk();
        for (unsigned viewer = 0; viewer < VIEWERS; viewer++)
            while (media_take(&viewers[viewer], &got)) // ROUTES of a packet, before those of the next one
                CU_ASSERT_EQUAL(got.bytes[got.header.payload_offset], (uint8_t)(counts[viewer]++ / ROUTES));
    }
    for (unsigned viewer = 0; viewer < VIEWERS; viewer++)
        CU_ASSERT_EQUAL(counts[viewer], PACKETS * ROUTES);
    rte_pktmbuf_free_bulk(taken, count);
    close_room();
}

static void plaintexts_that_wait_do_not_take_all_packets(void)
{
    static uint8_t data[FRAME_MAX];
    static struct rte_mbuf *taken[POOL_MOST];
    open_room(1);
    gateway.workers[0]->fan_out.most = 2;
    for (uint16_t i = 0; i < 5; i++)
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    unsigned count = take_packets(0, taken);
    gateway_walk();
    CU_ASSERT_EQUAL(gateway_dropped(DROP_RTP_ROUTE_JOBS_FULL), 3);
    rte_pktmbuf_free_bulk(taken, count);
    gateway_settle();
    for (uint16_t i = 0; i < 2; i++)
        CU_ASSERT(media_take(&viewers[VIEWERS - 1], &got) && got.bytes[got.header.payload_offset] == i);
    close_room();
}

void fan_out_suite(void)
{
    CU_pSuite suite = CU_add_suite("rtp_route and fan_out", NULL, NULL);
    CU_ADD_TEST(suite, a_sole_receiver_gets_the_plaintexts_own_buffer);
    CU_ADD_TEST(suite, a_wide_room_gets_each_packet_once_and_in_order);
    CU_ADD_TEST(suite, a_viewer_that_leaves_meanwhile_harms_nobody);
    CU_ADD_TEST(suite, a_publisher_that_leaves_ends_what_was_queued);
    CU_ADD_TEST(suite, a_record_that_is_used_again_hears_only_its_new_room);
    CU_ADD_TEST(suite, a_pool_that_is_nearly_dry_serves_some_at_a_time);
    CU_ADD_TEST(suite, plaintexts_that_wait_do_not_take_all_packets);
}
