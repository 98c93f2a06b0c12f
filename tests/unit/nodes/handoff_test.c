// SPDX-License-Identifier: Apache-2.0
// handoff_tx, handoff_rx, port_tx: proves that a datagram finds the worker that owns its shard whatever queue it came
// on, that rooms on two workers do not hear each other, and that a port with one queue serves both workers.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct datagram datagram;
static struct rtp_packet got;
static struct frame frame;

static void a_datagram_on_the_wrong_queue_reaches_its_worker(void)
{
    struct peer peer;
    uint8_t data[512];
    gateway_open(2);
    for (unsigned queue = 0; queue < 2; queue++)
        for (uint32_t shard = 0; shard < 2; shard++) {
            uint64_t handed = gateway_consumed(CONSUME_HANDED_OUT);
            peer_open(&peer, 2 * queue + shard, shard);
            CU_ASSERT_EQUAL(peer.worker, shard);
            size_t size = peer_write_check(&peer, 0, data);
            frame_udp(&frame, peer.host, &peer.address, &peer.gateway, data, size);
            gateway_receive(PORT_PLAIN, queue, &frame);
            gateway_settle();
            CU_ASSERT(peer_take(&peer, &datagram));
            CU_ASSERT_EQUAL(gateway_consumed(CONSUME_HANDED_OUT) - handed, queue != shard);
        }
    CU_ASSERT_EQUAL(gateway_created(CREATE_HANDED_IN), gateway_consumed(CONSUME_HANDED_OUT));
    gateway_close();
}

static void rooms_on_two_workers_do_not_hear_each_other(void)
{
    struct peer publishers[2], viewers[2];
    gateway_open(2);
    for (uint32_t room = 0; room < 2; room++) {
        peer_join(&publishers[room], 2 * room, room, media_suites[room]);
        peer_join(&viewers[room], 2 * room + 1, room, media_suites[room]);
        media_publish(&publishers[room], room, 0x1000);
        media_watch(&viewers[room], room, &publishers[room], room, 0x2000 + room);
    }
    for (uint16_t i = 0; i < 20; i++)
        media_send(&publishers[i % 2], &(struct rtp_plan){.ssrc = 0x1000, .sequence = i});
    for (uint32_t room = 0; room < 2; room++) {
        unsigned count = 0;
        while (media_take(&viewers[room], &got)) {
            CU_ASSERT_EQUAL(got.header.ssrc, 0x2000 + room);
            CU_ASSERT_EQUAL(got.bytes[got.header.payload_offset] % 2, room); // written by that room's publisher
            count++;
        }
        CU_ASSERT_EQUAL(count, 10);
    }
    peer_close(&publishers[1]);
    peer_close(&viewers[1]);
    media_close(&publishers[0], &viewers[0]);
}

static void a_full_ring_drops_by_its_name(void)
{
    struct peer peer;
    gateway_open(2);
    peer_open(&peer, 1, 1);
    for (unsigned i = 0; i < 1100; i++) {
        frame_udp(&frame, peer.host, &peer.address, &peer.gateway, "\x80\x60 not known", 12);
        gateway_receive(PORT_PLAIN, 0, &frame);
    }
    gateway.worker_count = 1; // worker 1 hangs
    for (unsigned i = 0; i < 20; i++)
        gateway_walk();
    gateway.worker_count = 2;
    uint64_t full = gateway_dropped(DROP_HANDOFF_FULL);
    CU_ASSERT(full > 0 && full < 200);
    CU_ASSERT_EQUAL(full + gateway_consumed(CONSUME_HANDED_OUT), 1100);
    for (unsigned i = 0; i < 20; i++)
        gateway_walk();
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_SOURCE), 1100 - full);
    gateway_close();
}

// PORT_VLAN has one queue, which worker 0 owns: worker 1 receives and sends through it.
static void a_port_with_one_queue_serves_both_workers(void)
{
    struct transport_address from = transport_address_ipv4((const uint8_t[]){198, 51, 100, 9}, 5000);
    struct transport_address to = transport_address_ipv4((const uint8_t[]){198, 51, 100, 1}, 0);
    struct neighbour_table *table = &ports_get(PORT_VLAN)->neighbours;
    struct rte_ether_addr mac = {.addr_bytes = {0x0a, 9}};
    struct peer peer;
    uint8_t data[512];
    gateway_open(2);
    neighbour_add(table, from.ip, true);
    neighbour_learn(table, from.ip, &mac, gateway.now);
    peer_open(&peer, 1, 1);
    to.port = peer.gateway.port;
    size_t size = peer_write_check(&peer, 0, data);
    frame_udp(&frame, peer.host, &from, &to, data, size);
    memcpy(frame.bytes, ports_get(PORT_VLAN)->mac.addr_bytes, 6);
    memmove(frame.bytes + 16, frame.bytes + 12, frame.size - 12);
    memcpy(frame.bytes + 12, (const uint8_t[]){0x81, 0x00, 0x00, 42}, 4);
    frame.size += 4;
    gateway_receive(PORT_VLAN, 0, &frame);
    gateway_settle();
    bool found = false;
    while (!found && gateway_take(PORT_VLAN, &frame)) // ARP for nobody stands before it at most
        found = bytes_get16(frame.bytes + 16) == 0x0800;
    CU_ASSERT_FATAL(found);
    CU_ASSERT_EQUAL(bytes_get16(frame.bytes + 12), 0x8100);
    CU_ASSERT_EQUAL(bytes_get16(frame.bytes + 14), 42);
    CU_ASSERT_EQUAL(memcmp(frame.bytes, &mac, 6), 0);
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_HANDED_OUT), 2); // in, and out again
    gateway_close();
}

void handoff_suite(void)
{
    CU_pSuite suite = CU_add_suite("two workers", NULL, NULL);
    CU_ADD_TEST(suite, a_datagram_on_the_wrong_queue_reaches_its_worker);
    CU_ADD_TEST(suite, rooms_on_two_workers_do_not_hear_each_other);
    CU_ADD_TEST(suite, a_full_ring_drops_by_its_name);
    CU_ADD_TEST(suite, a_port_with_one_queue_serves_both_workers);
}
