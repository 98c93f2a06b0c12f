// SPDX-License-Identifier: Apache-2.0
// The intent tables: generations never come back, and nothing is free before the worker let go of it.
#include "controlplane_suites.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>

static void a_pool_gives_the_last_freed_first(void)
{
    struct pool pool;
    uint32_t index;
    pool_create(&pool, 3);
    CU_ASSERT_EQUAL(pool_take(&pool, &index), -ENOSPC);
    for (uint32_t i = 3; i-- > 0;)
        pool_put(&pool, i);
    for (uint32_t expected = 0; expected < 3; expected++) {
        CU_ASSERT_EQUAL(pool_take(&pool, &index), 0);
        CU_ASSERT_EQUAL(index, expected);
    }
    CU_ASSERT_EQUAL(pool_take(&pool, &index), -ENOSPC);
    pool_put(&pool, 1);
    CU_ASSERT_EQUAL(pool_take(&pool, &index), 0);
    CU_ASSERT_EQUAL(index, 1);
    pool_destroy(&pool);
}

static void shards_go_round_the_workers(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    for (uint32_t shard = 0; shard < 4; shard++) {
        struct shard_intent intent;
        record_read(&tables_shard(&gateway.worker, shard)->head, &intent, sizeof(intent));
        CU_ASSERT_EQUAL(intent.worker, shard % TEST_WORKERS);
        CU_ASSERT_EQUAL(intent.generation, 1);
    }
    test_gateway_close(&gateway);
}

static struct record_link publish_one(struct test_gateway *gateway, struct record_link *ret_stream)
{
    struct intents *intents = &gateway->control.intents;
    struct record_link link;
    intents_new_transport(intents, &link);
    intents_new_stream(intents, ret_stream);
    struct stream_intent stream = {.generation = ret_stream->generation, .transport = link};
    struct transport_intent transport = {.generation = link.generation, .shard = 1, .first_stream = *ret_stream};
    transport.keys[0].send_key[0] = 0x55;
    intents_publish_stream(intents, ret_stream->index, &stream);
    intents_publish_transport(intents, link.index, &transport);
    return link;
}

// Dead, grace, free.
static void an_index_is_free_when_the_worker_said_so(void)
{
    struct test_gateway gateway;
    struct record_link stream;
    test_gateway_open(&gateway);
    struct intents *intents = &gateway.control.intents;
    uint32_t transports = intents->transports.count, streams = intents->streams.count;
    struct record_link link = publish_one(&gateway, &stream);
    test_gateway_acknowledge(&gateway);
    struct departure departure = {.transport = link, .links = {stream}, .link_count = 1, .shard = 1};
    departures_add(intents, &departure, gateway.now);
    CU_ASSERT_TRUE(departures_advance(intents, gateway.now));
    CU_ASSERT_EQUAL(intents->transports.count, transports - 1);
    CU_ASSERT_EQUAL(intents->streams.count, streams - 1);
    struct transport_intent intent = test_transport(&gateway, link.index);
    CU_ASSERT_EQUAL(intent.generation, 0);
    // No key is left in either slot.
    struct transport_intent_record *record = tables_transport(&gateway.control.tables, link.index);
    CU_ASSERT_EQUAL(record->slots[0].keys[0].send_key[0] | record->slots[1].keys[0].send_key[0], 0);
    test_gateway_acknowledge(&gateway);
    CU_ASSERT_FALSE(departures_advance(intents, gateway.now));
    CU_ASSERT_EQUAL(intents->transports.count, transports);
    CU_ASSERT_EQUAL(intents->streams.count, streams);
    test_gateway_close(&gateway);
}

static void a_generation_never_comes_back(void)
{
    struct test_gateway gateway;
    struct record_link stream, seen[64];
    test_gateway_open(&gateway);
    for (unsigned i = 0; i < 64; i++) {
        seen[i] = publish_one(&gateway, &stream);
        for (unsigned j = 0; j < i; j++)
            CU_ASSERT_FALSE(seen[j].index == seen[i].index && seen[j].generation == seen[i].generation);
        struct departure departure = {.transport = seen[i], .links = {stream}, .link_count = 1, .shard = 1};
        departures_add(&gateway.control.intents, &departure, gateway.now);
        test_gateway_settle(&gateway);
        if (i == 32)
            test_gateway_restart(&gateway);
    }
    test_gateway_close(&gateway);
}

static void a_farewell_goes_before_the_transport(void)
{
    struct test_gateway gateway;
    struct record_link stream;
    test_gateway_open(&gateway);
    struct intents *intents = &gateway.control.intents;
    struct record_link link = publish_one(&gateway, &stream);
    struct ring *ring = tables_ring(&gateway.control.tables, 1, RING_INJECT_ESTABLISHED);
    struct ring_message message = {.transport = link.index, .length = 1};
    ring_push(ring, 64, &message);
    struct departure departure = {.transport = link,
                                  .links = {stream},
                                  .link_count = 1,
                                  .shard = 1,
                                  .has_farewell = true,
                                  .farewell_ring = RING_INJECT_ESTABLISHED};
    departures_add(intents, &departure, gateway.now);
    departures_advance(intents, gateway.now);
    CU_ASSERT_NOT_EQUAL(test_transport(&gateway, link.index).generation, 0);
    ring_pop(tables_ring(&gateway.worker, 1, RING_INJECT_ESTABLISHED), 64, &message);
    departures_advance(intents, gateway.now);
    CU_ASSERT_EQUAL(test_transport(&gateway, link.index).generation, 0);
    test_gateway_close(&gateway);
}

void intents_suite(void)
{
    CU_pSuite suite = CU_add_suite("tables/intents", NULL, NULL);
    CU_add_test(suite, "a pool gives the index first that was freed last", a_pool_gives_the_last_freed_first);
    CU_add_test(suite, "shards go round the workers, new rooms to the emptiest", shards_go_round_the_workers);
    CU_add_test(suite, "an index is free when the worker said so", an_index_is_free_when_the_worker_said_so);
    CU_add_test(suite, "a generation never comes back, also over a restart", a_generation_never_comes_back);
    CU_add_test(suite, "a farewell goes before the transport", a_farewell_goes_before_the_transport);
}
