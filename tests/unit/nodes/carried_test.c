// SPDX-License-Identifier: Apache-2.0
// carried_rx, carried_tx: proves that a peer by TCP is a peer like others, that its path goes with its connection, and
// that nobody on the wire can pass for one.
#include "carried_address.h"
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static const struct carried_address first = {7, 1, 3}, second = {7, 2, 3};
static struct ring_message message;
static struct datagram datagram;

static uint8_t selected(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].selected;
}

static void push(const struct peer *peer, const struct transport_address *from, enum carried_kind kind,
                 const void *data, size_t size)
{
    static struct ring_message in;
    in = (struct ring_message){.transport = peer->transport,
                               .generation = peer->intent.generation,
                               .kind = (uint16_t)kind,
                               .length = (uint16_t)size,
                               .remote = *from,
                               .local = our4(443),
                               .mapped = host4(77, 50000)};
    if (size)
        memcpy(in.data, data, size);
    CU_ASSERT_EQUAL(
        ring_push(tables_ring(&gateway.control, peer->worker, RING_CARRIED_IN), gateway.control.limits.ring_slots, &in),
        0);
}

static void carry(const struct peer *peer, const struct transport_address *from, const void *data, size_t size)
{
    push(peer, from, CARRIED_PACKET, data, size);
    gateway_walk();
}

static bool take(const struct peer *peer)
{
    return ring_pop(tables_ring(&gateway.control, peer->worker, RING_CARRIED_OUT), gateway.control.limits.ring_slots,
                    &message);
}

// What the gateway says to the connection, as a datagram.
static bool take_datagram(const struct peer *peer, const struct transport_address *to)
{
    if (!take(peer) || !transport_address_equal(&message.remote, to))
        return false;
    datagram.size = message.length;
    memcpy(datagram.bytes, message.data, message.length);
    return true;
}

static void check(const struct peer *peer, const struct transport_address *from, unsigned flags)
{
    uint8_t data[512];
    carry(peer, from, data, peer_write_check(peer, flags, data));
}

// Until the path is proven: both checks and their answers.
static void connect_by_tcp(struct peer *peer, const struct transport_address *from, unsigned flags)
{
    struct stun_message stun;
    uint8_t answer[128];
    check(peer, from, flags);
    CU_ASSERT_FATAL(take_datagram(peer, from));
    gateway_advance(300);
    gateway_fire(peer->transport);
    gateway_walk();
    do {
        CU_ASSERT_FATAL(take_datagram(peer, from));
    } while (!stun_is_sealed(&datagram, peer->intent.remote_pwd, &stun) || stun.class != STUN_REQUEST);
    carry(peer, from, answer, stun_write_answer(peer, stun.transaction_id, answer));
}

static void a_peer_by_tcp_is_told_its_own_address(void)
{
    struct transport_address from = carried_address_write(&first), mapped, wanted = host4(77, 50000);
    struct stun_message stun;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    check(&peer, &from, CHECK_NOMINATES);
    CU_ASSERT_FATAL(take_datagram(&peer, &from));
    CU_ASSERT(stun_is_sealed(&datagram, peer.intent.local_pwd, &stun));
    CU_ASSERT_EQUAL(stun.class, STUN_SUCCESS);
    CU_ASSERT_EQUAL(stun_get_address(datagram.bytes, &stun, STUN_XOR_MAPPED_ADDRESS, &mapped), 0);
    CU_ASSERT(transport_address_equal(&mapped, &wanted));
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH); // not proven yet
    connect_by_tcp(&peer, &from, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(selected(&peer), 0);
    CU_ASSERT_FALSE(peer_take(&peer, &datagram)); // nothing of it went to the wire
    CU_ASSERT_EQUAL(gateway_drops(), 0);
    gateway_close();
}

static void media_goes_both_ways(void)
{
    struct transport_address from = carried_address_write(&first), to = carried_address_write(&second);
    struct peer publisher, viewer;
    struct rtp_packet got;
    uint8_t data[FRAME_MAX];
    gateway_open(1);
    peer_open(&publisher, 0, 0);
    peer_open(&viewer, 1, 0);
    connect_by_tcp(&publisher, &from, CHECK_NOMINATES);
    connect_by_tcp(&viewer, &to, CHECK_NOMINATES);
    peer_key(&publisher, media_suites[0]);
    peer_key(&viewer, media_suites[0]);
    media_publish(&publisher, 0, 0x1000);
    media_watch(&viewer, 0, &publisher, 0, 0x2000);
    while (take(&viewer))
        ;
    uint64_t carried = gateway_consumed(CONSUME_CARRIED);
    for (uint16_t i = 0; i < 3; i++) {
        size_t size =
            media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = (uint16_t)(100 + i)}, data);
        carry(&publisher, &from, data, size);
        gateway_settle();
        bool found = false;
        while (!found && take(&viewer))
            found = transport_address_equal(&message.remote, &to) && (message.data[1] & 0x7f) == VIEWER_VIDEO_TYPE;
        CU_ASSERT_FATAL(found);
        int length = message.length;
        CU_ASSERT_EQUAL(srtp_unprotect(viewer.in, message.data, &length), srtp_err_status_ok);
        CU_ASSERT_EQUAL(bytes_get32(message.data + 8), 0x2000);
    }
    CU_ASSERT(gateway_consumed(CONSUME_CARRIED) >= carried + 3);
    CU_ASSERT_FALSE(media_take(&viewer, &got)); // none of it by UDP
    media_close(&publisher, &viewer);
}

static void a_closed_connection_takes_its_path_along(void)
{
    struct transport_address from = carried_address_write(&first), again = carried_address_write(&second);
    struct transport_path path;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    connect_by_tcp(&peer, &from, CHECK_NOMINATES);
    push(&peer, &again, CARRIED_CLOSED, NULL, 0); // of a connection that it has not: nothing happens
    gateway_walk();
    CU_ASSERT_EQUAL(selected(&peer), 0);
    push(&peer, &from, CARRIED_CLOSED, NULL, 0);
    gateway_walk();
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    CU_ASSERT(record_read(&tables_transport_state(&gateway.control, 0)->path.head, &path, sizeof(path)) > 0);
    CU_ASSERT_EQUAL(path.candidates[0].flags, 0);
    connect_by_tcp(&peer, &again, 0); // it comes again, and does not nominate
    CU_ASSERT_EQUAL(selected(&peer), 0);
    gateway_close();
}

static void peers_move_between_udp_and_tcp(void)
{
    struct transport_address from = carried_address_write(&first);
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    CU_ASSERT_EQUAL(selected(&peer), 0);
    gateway_advance(10);
    connect_by_tcp(&peer, &from, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(selected(&peer), 1);
    push(&peer, &from, CARRIED_CLOSED, NULL, 0); // UDP is still proven
    gateway_walk();
    CU_ASSERT_EQUAL(selected(&peer), 0);
    gateway_close();
}

static void a_path_outlives_the_dataplane(void)
{
    struct transport_address from = carried_address_write(&first);
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    connect_by_tcp(&peer, &from, CHECK_NOMINATES);
    gateway_restart();
    gateway_walk();
    CU_ASSERT_EQUAL(selected(&peer), 0);
    check(&peer, &from, 0);
    CU_ASSERT(take_datagram(&peer, &from));
    gateway_close();
}

static void what_is_stale_or_no_tcp_is_dropped(void)
{
    struct transport_address from = carried_address_write(&first), wire = host4(9, 9);
    struct peer peer, gone;
    uint8_t data[512];
    gateway_open(1);
    peer_open(&peer, 0, 0);
    gone = peer;
    gone.intent.generation++;
    size_t size = peer_write_check(&peer, 0, data);
    carry(&gone, &from, data, size);
    carry(&peer, &wire, data, size); // a broken naru-control speaks for a host of the wire
    carry(&peer, &from, data, 0);
    gone.transport = 5000;
    carry(&gone, &from, data, size);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_CARRIED_RX_STALE), 4);
    CU_ASSERT_FALSE(take(&peer));
    gateway_close();
}

static void nobody_on_the_wire_passes_for_one(void)
{
    static struct frame frame;
    struct transport_address from = carried_address_write(&first), to = our6(0);
    struct peer peer;
    uint8_t data[512];
    gateway_open(1);
    peer_open(&peer, 0, 0);
    connect_by_tcp(&peer, &from, CHECK_NOMINATES);
    to.port = peer.gateway.port;
    frame_udp(&frame, peer.host, &from, &to, data, peer_write_check(&peer, 0, data));
    gateway_receive(PORT_PLAIN, 0, &frame);
    memset(data, 0, 40);
    data[0] = 0x80; // media, which takes the short way where its source is known
    frame_udp(&frame, peer.host, &from, &to, data, 40);
    gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
    CU_ASSERT_EQUAL(gateway_dropped(DROP_IP6_INPUT_MARTIAN), 2);
    gateway_close();
}

static void a_full_ring_is_counted(void)
{
    struct transport_address from = carried_address_write(&first);
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    uint32_t slots = gateway.control.limits.ring_slots;
    for (uint32_t i = 0; i < slots + 3; i++)
        check(&peer, &from, 0);
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_CARRIED), slots);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_CARRIED_TX_RING_FULL), 3);
    gateway_close();
}

void carried_suite(void)
{
    CU_pSuite suite = CU_add_suite("nodes/carried", NULL, NULL);
    CU_add_test(suite, "a peer by TCP is told its own address", a_peer_by_tcp_is_told_its_own_address);
    CU_add_test(suite, "media goes both ways", media_goes_both_ways);
    CU_add_test(suite, "a closed connection takes its path along", a_closed_connection_takes_its_path_along);
    CU_add_test(suite, "peers move between UDP and TCP", peers_move_between_udp_and_tcp);
    CU_add_test(suite, "a path outlives the dataplane", a_path_outlives_the_dataplane);
    CU_add_test(suite, "what is stale, or no TCP, is dropped", what_is_stale_or_no_tcp_is_dropped);
    CU_add_test(suite, "nobody on the wire passes for one", nobody_on_the_wire_passes_for_one);
    CU_add_test(suite, "a full ring is counted", a_full_ring_is_counted);
}
