// SPDX-License-Identifier: Apache-2.0
// Pools that have nothing left: proves that each is counted under its name, that nothing breaks, and that what could
// not be installed is when there is something again.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>

#define TOO_LARGE ((size_t)1 << 40) // no heap has room for such an object

static struct rtp_packet got;

static uint64_t ran_dry(enum pool_kind kind)
{
    return counter_get(&gateway.workers[0]->state->ran_dry[kind]);
}

static bool take_both(struct peer *viewer)
{
    return media_take(viewer, &got) && media_take(viewer, &got);
}

// Two routes: the packet of a sole receiver needs no buffer of its own.
static void packets_wait_for_buffers_and_lose_nothing(void)
{
    struct peer publisher, viewer;
    uint8_t data[FRAME_MAX];
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_watch(&viewer, 1, &publisher, 0, 0x2001);
    gateway_settle();
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(take_both(&viewer));
    struct rte_mempool *pool = gateway.workers[0]->pool;
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2}, data);
    peer_queue(&publisher, data, size);
    unsigned count = 0, most = rte_mempool_avail_count(pool);
    struct rte_mbuf **taken = calloc(most + 1, sizeof(*taken)); // all but the packet that is there
    while (count <= most && (taken[count] = rte_pktmbuf_alloc(pool)))
        count++;
    CU_ASSERT_EQUAL(ran_dry(POOL_PACKETS), 0);
    for (int i = 0; i < 5; i++)
        gateway_walk();
    CU_ASSERT(ran_dry(POOL_PACKETS) > 0);
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    rte_pktmbuf_free_bulk(taken, count);
    free(taken);
    gateway_settle();
    CU_ASSERT(take_both(&viewer));
    media_close(&publisher, &viewer);
}

static void keys_are_installed_when_there_is_memory_again(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    struct object_pool keys = gateway.workers[0]->pools.keys[0];
    object_pool_open(&gateway.workers[0]->pools.keys[0], TOO_LARGE);
    peer_key(&peer, media_suites[0]);
    const struct transport_state *state = tables_transport_state(&gateway.control, peer.transport);
    uint64_t wanted = atomic_load(&tables_transport(&gateway.control, peer.transport)->head.version);
    CU_ASSERT_PTR_NULL(gateway.entries.transports[peer.transport].keys);
    CU_ASSERT_NOT_EQUAL(atomic_load(&((struct transport_state *)state)->applied_version), wanted);
    CU_ASSERT_EQUAL(ran_dry(POOL_KEYS), 1);
    gateway.workers[0]->pools.keys[0] = keys;
    gateway_fire(peer.transport);
    gateway_settle();
    gateway_settle();
    CU_ASSERT_PTR_NOT_NULL(gateway.entries.transports[peer.transport].keys);
    CU_ASSERT_EQUAL(atomic_load(&((struct transport_state *)state)->applied_version), wanted);
    peer_close(&peer);
    gateway_close();
}

static void a_receiver_is_listed_when_there_is_memory_again(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    peer_join(&publisher, 0, 0, media_suites[0]);
    peer_join(&viewer, 1, 0, media_suites[0]);
    media_publish(&publisher, 0, 0x1000);
    struct object_pool lists = gateway.workers[0]->pools.route_lists;
    object_pool_open(&gateway.workers[0]->pools.route_lists, TOO_LARGE);
    media_watch(&viewer, 0, &publisher, 0, 0x2000);
    gateway_settle();
    CU_ASSERT(ran_dry(POOL_RECEIVERS) > 0);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    gateway.workers[0]->pools.route_lists = lists;
    gateway_fire(viewer.transport);
    gateway_settle();
    gateway_settle();
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

void dry_pools_suite(void)
{
    CU_pSuite suite = CU_add_suite("dry pools", NULL, NULL);
    CU_add_test(suite, "packets wait for buffers and lose nothing", packets_wait_for_buffers_and_lose_nothing);
    CU_add_test(suite, "keys are installed when there is memory again", keys_are_installed_when_there_is_memory_again);
    CU_add_test(suite, "a receiver is listed when there is memory again",
                a_receiver_is_listed_when_there_is_memory_again);
}
