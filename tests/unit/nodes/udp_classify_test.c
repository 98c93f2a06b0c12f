// SPDX-License-Identifier: Apache-2.0
// udp_classify: proves that strangers share a fixed part of the worker, that whom it knows is served first, and that
// strangers may say STUN only.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

#define FLOOD 3000

static struct rtp_packet got;

static void a_stranger_may_say_stun_only(void)
{
    static const struct {
        uint8_t first;
        enum drop_reason reason;
    } rows[] = {
        {0x80, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE}, {22, DROP_DTLS_PUNT_UNCHECKED_SOURCE},
        {64, DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL}, {200, DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL},
        {3, DROP_STUN_REPLY_MALFORMED},
    };
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        uint64_t before = gateway_dropped(rows[i].reason);
        uint8_t data[40] = {rows[i].first, 0x60};
        peer_send(&peer, data, sizeof(data));
        CU_ASSERT_EQUAL(gateway_dropped(rows[i].reason), before + 1);
    }
    gateway_close();
}

static void a_flood_of_strangers_does_not_starve_live_media(void)
{
    static uint8_t check[512], data[FRAME_MAX];
    static struct frame frame;
    struct peer publisher, viewer, stranger;
    unsigned arrived = 0;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    peer_open(&stranger, 2, 0);
    size_t size = peer_write_check(&stranger, CHECK_BAD_INTEGRITY, check);
    gateway_advance(100);
    for (uint16_t i = 0; i < FLOOD; i++) { // without time going by: one share for all of them
        struct transport_address from = host4(stranger.host, (uint16_t)(20000 + i));
        frame_udp(&frame, stranger.host, &from, &stranger.gateway, check, size);
        gateway_receive(PORT_PLAIN, 0, &frame);
        if (i % 100 == 0)
            peer_queue(&publisher, data,
                       media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    }
    for (int i = 0; i < FLOOD / 32; i++)
        gateway_walk();
    while (media_take(&viewer, &got))
        arrived++;
    CU_ASSERT_EQUAL(arrived, FLOOD / 100);
    uint64_t over = gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_OVER_BUDGET);
    CU_ASSERT(over > FLOOD / 4 && over < FLOOD);
    gateway_advance(100);
    peer_check(&stranger, 0); // the share comes back
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_OVER_BUDGET), over);
    peer_close(&stranger);
    media_close(&publisher, &viewer);
}

static void stranger_frame(struct frame *frame, const struct transport_address *from, bool version6, uint8_t first)
{
    const uint8_t data[40] = {first, 0x60};
    const struct transport_address to4 = our4(16384), to6 = our6(16384);
    frame_udp(frame, 9, from, version6 ? &to6 : &to4, data, sizeof(data));
}

static void receive_often(const struct frame *frame, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        gateway_receive(PORT_PLAIN, 0, frame);
    gateway_walk();
}

static void the_strangers_of_a_full_burst_are_named_alike(void)
{
    static const struct {
        uint8_t first;
        enum drop_reason reason;
    } rows[] = {
        {0x80, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
        {22, DROP_DTLS_PUNT_UNCHECKED_SOURCE},
        {64, DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL},
    };
    static struct frame frame;
    gateway_open(1);
    for (size_t row = 0; row < 2 * RTE_DIM(rows); row++) {
        bool version6 = row % 2;
        struct transport_address from = version6 ? host6(9, 7777) : host4(9, 7777);
        stranger_frame(&frame, &from, version6, rows[row / 2].first);
        uint64_t before = gateway_dropped(rows[row / 2].reason);
        receive_often(&frame, 60);
        CU_ASSERT_EQUAL(gateway_dropped(rows[row / 2].reason), before + 60);
        uint64_t seen = gateway_seen("flow_input"); // now strangers are looked for where they arrive
        receive_often(&frame, 60);
        CU_ASSERT_EQUAL(gateway_dropped(rows[row / 2].reason), before + 120);
        CU_ASSERT_EQUAL(gateway_seen("flow_input"), seen);
    }
    gateway_close();
}

static void who_is_known_passes_among_strangers(void)
{
    static uint8_t data[FRAME_MAX];
    static struct frame frame;
    struct peer publisher, viewer;
    unsigned arrived = 0;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    const struct transport_address from = host4(9, 7777);
    stranger_frame(&frame, &from, false, 0x80);
    uint64_t before = gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_SOURCE);
    for (uint16_t i = 0; i < 60; i++) {
        gateway_receive(PORT_PLAIN, 0, &frame);
        if (i % 20 == 0)
            peer_queue(&publisher, data,
                       media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    }
    gateway_settle();
    while (media_take(&viewer, &got))
        arrived++;
    CU_ASSERT_EQUAL(arrived, 3);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_SOURCE), before + 60);
    media_close(&publisher, &viewer);
}

// What the budget has no room for is not carried to where it would be dropped.
static void no_more_stun_than_the_budget_goes_on(void)
{
    static uint8_t check[512];
    static struct frame frame;
    struct peer stranger;
    gateway_open(1);
    peer_open(&stranger, 2, 0);
    size_t size = peer_write_check(&stranger, CHECK_BAD_INTEGRITY, check);
    const struct transport_address from = host4(stranger.host, 20000);
    frame_udp(&frame, stranger.host, &from, &stranger.gateway, check, size);
    for (unsigned i = 0; i < 100; i++) // without time going by: the budget is used up
        receive_often(&frame, 60);
    gateway.workers[0]->unknown_credit = 3 * 4000;
    uint64_t seen = gateway_seen("flow_input");
    receive_often(&frame, 60);
    CU_ASSERT_EQUAL(gateway_seen("flow_input"), seen + 3);
    peer_close(&stranger);
    gateway_close();
}

// Whatever its sum says, and whatever comes on another port meanwhile.
static void a_flood_stays_suspected(void)
{
    static struct frame frame, sumless, wrong;
    gateway_open(1);
    const struct transport_address from = host4(9, 7777);
    stranger_frame(&frame, &from, false, 0x80);
    sumless = wrong = frame;
    memset(&sumless.bytes[ETHERNET_SIZE + IP4_SIZE + 6], 0, 2);
    wrong.bytes[wrong.size - 1] ^= 1;
    const struct frame *const kinds[] = {&frame, &sumless, &wrong};
    for (size_t i = 0; i < RTE_DIM(kinds); i++) {
        receive_often(kinds[i], 60);
        uint64_t seen = gateway_seen("flow_input"), drops = gateway_drops();
        receive_often(kinds[i], 60);
        CU_ASSERT_EQUAL(gateway_seen("flow_input"), seen);
        CU_ASSERT_EQUAL(gateway_drops(), drops + 60);
    }
    frame.bytes[5] ^= 0x77; // to another station: nothing that is dropped early
    for (unsigned i = 0; i < 60; i++)
        gateway_receive(PORT_VLAN, 0, &frame);
    gateway_walk();
    uint64_t seen = gateway_seen("flow_input");
    receive_often(&wrong, 60);
    CU_ASSERT_EQUAL(gateway_seen("flow_input"), seen);
    gateway_close();
}

static void known_media_takes_the_short_way(void)
{
    static uint8_t data[FRAME_MAX];
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    uint64_t before = gateway_seen("udp_classify"), short_way = gateway_seen("srtp_unprotect");
    for (uint16_t i = 0; i < 10; i++)
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    gateway_walk();
    CU_ASSERT_EQUAL(gateway_seen("udp_classify"), before);
    CU_ASSERT_EQUAL(gateway_seen("srtp_unprotect"), short_way + 10);
    gateway_settle();
    while (media_take(&viewer, &got))
        ;
    media_close(&publisher, &viewer);
}

void udp_classify_suite(void)
{
    CU_pSuite suite = CU_add_suite("udp_classify", NULL, NULL);
    CU_ADD_TEST(suite, a_stranger_may_say_stun_only);
    CU_ADD_TEST(suite, a_flood_of_strangers_does_not_starve_live_media);
    CU_ADD_TEST(suite, the_strangers_of_a_full_burst_are_named_alike);
    CU_ADD_TEST(suite, who_is_known_passes_among_strangers);
    CU_ADD_TEST(suite, no_more_stun_than_the_budget_goes_on);
    CU_ADD_TEST(suite, a_flood_stays_suspected);
    CU_ADD_TEST(suite, known_media_takes_the_short_way);
}
