// SPDX-License-Identifier: Apache-2.0
// dataplane/claims.h: proves that an entry has one user, whatever a broken naru-control tells to whom.
#include "media.h"
#include "moves.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

static void walk(unsigned times)
{
    for (; times; times--) {
        gateway_advance(1);
        gateway_walk();
    }
}

static unsigned users_of(uint32_t transport)
{
    unsigned count = 0;
    for (unsigned i = 0; i < gateway.worker_count; i++)
        count += gateway.workers[i]->installed[transport / 64] >> transport % 64 & 1;
    return count;
}

static void a_worker_that_alone_is_told_of_a_move_waits_for_the_owner(void)
{
    struct peer peer;
    gateway_open(2);
    peer_join(&peer, 0, 0, media_suites[0]);
    const struct shard_intent moved = {.generation = 1, .worker = 1}; // and no word of a further move
    record_publish(&tables_shard(&gateway.control, 0)->head, &moved, sizeof(moved));
    dirty_set_shard(tables_dirty(&gateway.control, 1), 0);
    walk(20);
    CU_ASSERT_EQUAL(move_owners(0), 1);
    CU_ASSERT_EQUAL(gateway.workers[0]->shards.phase[0], SHARD_OWNED);
    CU_ASSERT_EQUAL(users_of(0), 1);
    dirty_set_shard(tables_dirty(&gateway.control, 0), 0);
    walk(20);
    CU_ASSERT_EQUAL(gateway.workers[1]->shards.phase[0], SHARD_OWNED);
    CU_ASSERT_EQUAL(move_owners(0), 1);
    CU_ASSERT_EQUAL(users_of(0), 1);
    peer_close(&peer);
    gateway_close();
}

static void a_shard_that_is_sent_on_does_not_arrive(void)
{
    gateway_open(2);
    struct shard_intent moved = {.generation = 1, .worker = 1};
    record_publish(&tables_shard(&gateway.control, 0)->head, &moved, sizeof(moved));
    dirty_set_shard(tables_dirty(&gateway.control, 1), 0);
    walk(2);
    moved.worker = 0;
    record_publish(&tables_shard(&gateway.control, 0)->head, &moved, sizeof(moved));
    dirty_set_shard(tables_dirty(&gateway.control, 1), 0);
    walk(2);
    CU_ASSERT_EQUAL(gateway.workers[1]->shards.phase[0], SHARD_ELSEWHERE);
    CU_ASSERT_EQUAL(gateway.workers[1]->shards.arriving, 0);
    gateway_close();
}

static void a_session_that_changes_its_shard_is_one_workers_at_a_time(void)
{
    struct peer peer;
    gateway_open(2);
    peer_join(&peer, 0, 0, media_suites[0]);
    peer.intent.shard = 1;
    record_publish(&tables_transport(&gateway.control, 0)->head, &peer.intent, sizeof(peer.intent));
    dirty_set(tables_dirty(&gateway.control, 1), 0); // its former worker is not told
    for (unsigned i = 0; i < 20; i++) {
        walk(1);
        CU_ASSERT(users_of(0) <= 1);
    }
    CU_ASSERT_EQUAL(gateway.workers[1]->installed[0], 1);
    peer_close(&peer);
    gateway_close();
}

static void a_stream_that_two_sessions_name_is_the_first_ones(void)
{
    struct peer publisher, viewer, other;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[0]);
    peer_join(&other, 9, 0, media_suites[0]);
    media_publish(&other, 0, 0x3000);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].transport, publisher.transport);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, 1);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 7});
    CU_ASSERT(media_take(&viewer, &got));
    // Its own words no longer name it.
    peer_publish(&publisher);
    gateway_fire(other.transport);
    walk(3);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].transport, other.transport);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, 0);
    peer_close(&other);
    media_close(&publisher, &viewer);
}

static void a_route_that_two_sessions_name_is_the_first_ones(void)
{
    struct peer publisher, viewer, other;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[0]);
    peer_join(&other, 9, 0, media_suites[0]);
    (void)media_watch(&other, 0, &publisher, 0, 0x3000);
    CU_ASSERT_EQUAL(gateway.entries.routes[0].transport, viewer.transport);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, 1);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 7});
    CU_ASSERT(media_take(&viewer, &got));
    peer_publish(&viewer);
    gateway_fire(other.transport);
    walk(3);
    CU_ASSERT_EQUAL(gateway.entries.routes[0].transport, other.transport);
    CU_ASSERT_EQUAL(gateway.entries.streams[0].audience.count, 1);
    peer_close(&other);
    media_close(&publisher, &viewer);
}

// The same record twice, changed in between: what was read first counts.
static void a_chain_that_names_a_record_twice_ends(void)
{
    struct peer publisher, viewer;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[0]);
    struct stream_intent stream;
    record_read(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    stream.next = (struct record_link){0, stream.generation};
    record_publish(&tables_stream(&gateway.control, 0)->head, &stream, sizeof(stream));
    peer_publish(&publisher);
    CU_ASSERT_EQUAL(gateway.entries.transports[publisher.transport].stream_count, 1);
    media_close(&publisher, &viewer);
}

void claims_suite(void)
{
    CU_pSuite suite = CU_add_suite("claims: one user of each entry", NULL, NULL);
    CU_ADD_TEST(suite, a_worker_that_alone_is_told_of_a_move_waits_for_the_owner);
    CU_ADD_TEST(suite, a_shard_that_is_sent_on_does_not_arrive);
    CU_ADD_TEST(suite, a_session_that_changes_its_shard_is_one_workers_at_a_time);
    CU_ADD_TEST(suite, a_stream_that_two_sessions_name_is_the_first_ones);
    CU_ADD_TEST(suite, a_route_that_two_sessions_name_is_the_first_ones);
    CU_ADD_TEST(suite, a_chain_that_names_a_record_twice_ends);
}
