// SPDX-License-Identifier: Apache-2.0
// dataplane/install.c, install_media.c: proves that a worker acts on the entries of its own shards only, that chains of
// records survive reuse, and that what is acknowledged is there.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

#define RECEIVERS 140 // more than one walk serves

static struct rtp_packet got;
static uint8_t data[FRAME_MAX];

static unsigned applied_events(unsigned worker, uint32_t transport)
{
    static struct ring_message message;
    unsigned count = 0;
    while (ring_pop(tables_ring(&gateway.control, worker, RING_EVENT), gateway.control.limits.ring_slots, &message))
        count += message.kind == EVENT_APPLIED && message.transport == transport;
    return count;
}

static void tell_all(uint32_t transport)
{
    for (unsigned i = 0; i < gateway.worker_count; i++)
        dirty_set(tables_dirty(&gateway.control, i), transport);
    gateway_settle();
}

static void a_worker_keeps_off_the_sessions_of_another(void)
{
    struct peer peers[2];
    gateway_open(2);
    peer_join(&peers[0], 0, 0, media_suites[0]);
    peer_join(&peers[1], 1, 1, media_suites[0]);
    for (int round = 0; round < 3; round++) {
        gateway_settle();
        gateway_restart(); // each worker looks at every transport
        gateway_settle();
        for (uint32_t i = 0; i < 2; i++) {
            const struct transport_entry *transport = &gateway.entries.transports[i];
            CU_ASSERT_EQUAL(transport->generation, peers[i].intent.generation);
            CU_ASSERT_PTR_NOT_NULL(transport->keys);
            CU_ASSERT_EQUAL(transport->selected, 0);
            CU_ASSERT_EQUAL(gateway.workers[i]->installed[0], 1u << i);
            CU_ASSERT_EQUAL(gateway.workers[i]->state->transports, 1);
        }
    }
    peer_close(&peers[0]);
    peer_close(&peers[1]);
    gateway_close();
}

static void the_owner_alone_acknowledges_an_end(void)
{
    struct peer peer;
    gateway_open(2);
    peer_open(&peer, 5, 1);
    gateway_settle();
    for (unsigned i = 0; i < 2; i++)
        applied_events(i, 5);
    peer.intent.generation = 0;
    peer_publish(&peer);
    tell_all(5);
    CU_ASSERT_EQUAL(gateway.entries.transports[5].generation, 0);
    CU_ASSERT_EQUAL(applied_events(0, 5), 0);
    CU_ASSERT(applied_events(1, 5) > 0);
    gateway_close();
}

static void keys_that_cannot_be_used_are_not_acknowledged(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    const struct transport_state *state = tables_transport_state(&gateway.control, 0);
    uint64_t before = state->applied_version;
    peer.intent.keys[0] = (struct transport_keys){.epoch = 1, .suite = 0x7777};
    peer_publish(&peer);
    gateway_settle();
    CU_ASSERT_EQUAL(state->applied_version, before);
    CU_ASSERT_PTR_NULL(gateway.entries.transports[0].keys);
    peer.intent.keys[0] = (struct transport_keys){0};
    peer_key(&peer, media_suites[0]);
    CU_ASSERT(state->applied_version > before);
    peer_close(&peer);
    gateway_close();
}

// The viewer's chain, written at once, from the first index of the list on.
static void publish_chain(struct peer *viewer, const struct record_link *links, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct route_intent intent = {.generation = links[i].generation,
                                      .kind = MEDIA_VIDEO,
                                      .payload_count = 1,
                                      .from_stream = {0, 100},
                                      .to_transport = {viewer->transport, viewer->intent.generation},
                                      .ssrc = 0x5000 + links[i].index * 16 + links[i].generation,
                                      .clock_rate = 90000,
                                      .payloads = {{VIDEO_TYPE, VIEWER_VIDEO_TYPE}}};
        if (i + 1 < count)
            intent.next = links[i + 1];
        media_write_route(links[i].index, &intent);
    }
    viewer->intent.first_route = count ? links[0] : (struct record_link){0};
    peer_publish(viewer);
}

static void expect_receivers(struct peer *publisher, struct peer *viewer, const struct record_link *links,
                             unsigned count)
{
    static uint16_t sequence = 100;
    const struct stream_entry *stream = &gateway.entries.streams[0];
    CU_ASSERT_EQUAL(stream->audience.count, count);
    media_send(publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence++});
    gateway_settle();
    unsigned seen = 0;
    while (media_take(viewer, &got))
        for (unsigned i = 0; i < count; i++)
            seen += got.header.ssrc == 0x5000 + links[i].index * 16 + links[i].generation ? 1u << 4 * i : 0;
    for (unsigned i = 0; i < count; i++)
        CU_ASSERT_EQUAL(seen >> 4 * i & 15, 1);
}

// A record gets its next use while the chain that the worker holds still leads through its last one.
static void a_route_record_may_come_back_at_any_place_of_its_chain(void)
{
    static const struct {
        unsigned count;
        struct record_link links[4];
    } rows[] = {
        {3, {{0, 1}, {1, 1}, {2, 1}}},
        {3, {{1, 2}, {0, 1}, {2, 1}}}, // from the middle to the front, used anew
        {3, {{2, 2}, {1, 3}, {0, 2}}}, // all of them, the other way round
        {4, {{3, 1}, {0, 3}, {1, 3}, {2, 3}}},
        {1, {{2, 4}}},
        {0, {{0, 0}}},
        {2, {{0, 5}, {3, 5}}},
    };
    struct peer publisher, viewer;
    gateway_open(1);
    peer_join(&publisher, 0, 0, media_suites[0]);
    peer_join(&viewer, 1, 0, media_suites[0]);
    media_publish(&publisher, 0, 0x1000);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        publish_chain(&viewer, rows[i].links, rows[i].count);
        expect_receivers(&publisher, &viewer, rows[i].links, rows[i].count);
    }
    media_close(&publisher, &viewer);
}

static void records_of_another_transport_are_not_followed(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    struct record_link stolen = publisher.intent.first_stream;
    viewer.intent.first_stream = stolen;
    peer_publish(&viewer);
    CU_ASSERT_EQUAL(gateway.entries.transports[viewer.transport].stream_count, 0);
    publisher.intent.first_route = viewer.intent.first_route;
    peer_publish(&publisher);
    CU_ASSERT_FALSE(gateway.entries.transports[publisher.transport].has_routes);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

// A packet is served to 128 receivers when one of them leaves.
static void who_leaves_during_a_fan_out_costs_nobody_the_packet(void)
{
    static const unsigned leaving[] = {0, 5, 127, 128, 139};
    struct record_link links[RECEIVERS];
    for (size_t row = 0; row < RTE_DIM(leaving); row++) {
        struct peer publisher, viewer;
        gateway_open(1);
        peer_join(&publisher, 0, 0, media_suites[1]);
        peer_join(&viewer, 1, 0, media_suites[1]);
        media_publish(&publisher, 0, 0x1000);
        for (uint32_t i = 0; i < RECEIVERS; i++)
            links[i] = (struct record_link){i, 1};
        publish_chain(&viewer, links, RECEIVERS);
        size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data);
        peer_send(&publisher, data, size);
        CU_ASSERT_EQUAL(gateway_created(CREATE_FAN_OUT), 128);
        memmove(&links[leaving[row]], &links[leaving[row] + 1], (RECEIVERS - 1 - leaving[row]) * sizeof(links[0]));
        publish_chain(&viewer, links, RECEIVERS - 1);
        gateway_settle();
        for (uint32_t i = 0; i < RECEIVERS; i++)
            if (i != leaving[row])
                CU_ASSERT_EQUAL(counter_get(&tables_route_state(&gateway.control, i)->packets), 1);
        media_close(&publisher, &viewer);
    }
}

void install_suite(void)
{
    CU_pSuite suite = CU_add_suite("install", NULL, NULL);
    CU_ADD_TEST(suite, a_worker_keeps_off_the_sessions_of_another);
    CU_ADD_TEST(suite, the_owner_alone_acknowledges_an_end);
    CU_ADD_TEST(suite, keys_that_cannot_be_used_are_not_acknowledged);
    CU_ADD_TEST(suite, a_route_record_may_come_back_at_any_place_of_its_chain);
    CU_ADD_TEST(suite, records_of_another_transport_are_not_followed);
    CU_ADD_TEST(suite, who_leaves_during_a_fan_out_costs_nobody_the_packet);
}
