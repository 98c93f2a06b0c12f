// SPDX-License-Identifier: Apache-2.0
// dtls_punt, dtls_inject: proves that DTLS reaches naru-control from checked addresses only and within its budget
// (hazards F01, F09), and that its answers go where they should.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

// A handshake record: a fragment of a ClientHello, 4 bytes of it.
static const uint8_t hello[29] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 1, 0,
                                  0,  4,    0,    0, 0, 0, 0, 0, 0, 4, 1, 2, 3,  4};
static struct ring_message message;
static struct datagram datagram;

static bool take_punt(struct peer *peer, enum ring_kind kind)
{
    return ring_pop(tables_ring(&gateway.control, peer->worker, kind), gateway.control.limits.ring_slots, &message);
}

static void nothing_before_a_check_then_all_of_it(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_send(&peer, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_DTLS_PUNT_UNCHECKED_SOURCE), 1);
    peer_check(&peer, CHECK_BAD_INTEGRITY); // an answered check that proved nothing changes nothing
    peer_send(&peer, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_DTLS_PUNT_UNCHECKED_SOURCE), 2);
    peer_check(&peer, 0);
    peer_send(&peer, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_DTLS), 1);
    CU_ASSERT_FATAL(take_punt(&peer, RING_PUNT_HANDSHAKE));
    CU_ASSERT_EQUAL(message.transport, peer.transport);
    CU_ASSERT_EQUAL(message.generation, peer.intent.generation);
    CU_ASSERT_EQUAL(message.length, sizeof(hello));
    CU_ASSERT_EQUAL(memcmp(message.data, hello, sizeof(hello)), 0);
    CU_ASSERT(transport_address_equal(&message.remote, &peer.address));
    CU_ASSERT(transport_address_equal(&message.local, &peer.gateway));
    peer_key(&peer, media_suites[0]);
    peer_send(&peer, hello, sizeof(hello));
    CU_ASSERT(take_punt(&peer, RING_PUNT_ESTABLISHED)); // a ring of its own
    peer_close(&peer);
    gateway_close();
}

static void what_is_no_dtls_goes_nowhere(void)
{
    struct peer peer;
    uint8_t data[sizeof(hello)];
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, 0);
    peer_send(&peer, hello, 9);
    memcpy(data, hello, sizeof(data));
    data[12] = 200; // a record beyond the datagram
    peer_send(&peer, data, sizeof(data));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_DTLS_PUNT_MALFORMED), 2);
    CU_ASSERT_FALSE(take_punt(&peer, RING_PUNT_HANDSHAKE));
    gateway_close();
}

static void one_session_has_a_budget_and_does_not_starve_another(void)
{
    struct peer loud, quiet;
    gateway_open(1);
    peer_open(&loud, 0, 0);
    peer_open(&quiet, 1, 0);
    peer_check(&loud, 0);
    peer_check(&quiet, 0);
    for (int i = 0; i < 40; i++)
        peer_send(&loud, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_DTLS_PUNT_OVER_BUDGET), 10);
    peer_send(&quiet, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_DTLS), 31);
    gateway_advance(100);
    for (int i = 0; i < 10; i++)
        peer_send(&loud, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_DTLS), 36); // 50 a second
    gateway_close();
}

static void a_full_ring_is_counted_and_not_waited_for(void)
{
    struct peer peers[3];
    gateway_open(1);
    for (unsigned i = 0; i < 3; i++) {
        peer_open(&peers[i], i, 0);
        peer_check(&peers[i], 0);
        for (int j = 0; j < 30; j++)
            peer_send(&peers[i], hello, sizeof(hello));
    }
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_DTLS), 64);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_DTLS_PUNT_RING_FULL), 26);
    CU_ASSERT_EQUAL(tables_ring(&gateway.control, 0, RING_PUNT_HANDSHAKE)->full, 26);
    gateway_close();
}

static void inject(struct peer *peer, uint32_t generation, uint16_t port)
{
    message = (struct ring_message){.transport = peer->transport, .generation = generation, .length = sizeof(hello)};
    message.remote = peer->address;
    message.remote.port = port;
    message.local = peer->gateway;
    memcpy(message.data, hello, sizeof(hello));
    CU_ASSERT_EQUAL(ring_push(tables_ring(&gateway.control, peer->worker, RING_INJECT_HANDSHAKE),
                              gateway.control.limits.ring_slots, &message),
                    0);
    gateway_walk();
}

static void an_answer_goes_to_an_address_of_its_session(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    inject(&peer, peer.intent.generation, peer.address.port);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_OUTPUT_NO_PATH), 1); // nobody checked yet
    peer_check(&peer, 0);
    CU_ASSERT(peer_take(&peer, &datagram));
    inject(&peer, peer.intent.generation, peer.address.port);
    CU_ASSERT_FATAL(peer_take(&peer, &datagram));
    CU_ASSERT_EQUAL(datagram.size, sizeof(hello));
    CU_ASSERT_EQUAL(memcmp(datagram.bytes, hello, sizeof(hello)), 0);
    inject(&peer, peer.intent.generation, 9); // an address that the session does not have
    CU_ASSERT(peer_take(&peer, &datagram));   // goes to one that it has
    inject(&peer, peer.intent.generation + 1, peer.address.port);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_INJECT_STALE), 1);
    peer.transport = 5000;
    inject(&peer, 1, peer.address.port);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_INJECT_STALE), 2);
    gateway_close();
}

static void a_handshake_that_ends_proves_where_it_ran(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_NOMINATES);
    peer_send(&peer, hello, sizeof(hello));
    CU_ASSERT_EQUAL(gateway.entries.transports[0].selected, ENTRY_NO_PATH);
    peer_key(&peer, media_suites[0]);
    CU_ASSERT_EQUAL(gateway.entries.transports[0].selected, 0);
    peer_close(&peer);
    gateway_close();
}

void dtls_punt_suite(void)
{
    CU_pSuite suite = CU_add_suite("dtls_punt and dtls_inject", NULL, NULL);
    CU_ADD_TEST(suite, nothing_before_a_check_then_all_of_it);
    CU_ADD_TEST(suite, what_is_no_dtls_goes_nowhere);
    CU_ADD_TEST(suite, one_session_has_a_budget_and_does_not_starve_another);
    CU_ADD_TEST(suite, a_full_ring_is_counted_and_not_waited_for);
    CU_ADD_TEST(suite, an_answer_goes_to_an_address_of_its_session);
    CU_ADD_TEST(suite, a_handshake_that_ends_proves_where_it_ran);
}
