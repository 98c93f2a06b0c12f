// SPDX-License-Identifier: Apache-2.0
// arp_input, timers, udp_output: proves that ARP is answered for our addresses, and that a next hop is asked for,
// learned and refreshed.
#include "frames.h"
#include "nodes_suites.h"
#include "peer.h"

#include <CUnit/CUnit.h>

#include "bytes.h"

#define ARP_SIZE 28
#define HOST     30

static const uint8_t everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct arp {
    uint16_t hardware, protocol;
    uint8_t hardware_size, protocol_size;
    uint16_t operation;
    unsigned target; // 192.0.2.<n>
};

static void make_arp(struct frame *frame, unsigned host, const struct arp *arp)
{
    uint8_t data[ARP_SIZE] = {[4] = arp->hardware_size, [5] = arp->protocol_size};
    struct transport_address sender = host4(host, 0), target = host4(arp->target, 0);
    bytes_put16(data, arp->hardware);
    bytes_put16(data + 2, arp->protocol);
    bytes_put16(data + 6, arp->operation);
    host_mac(host, data + 8);
    memcpy(data + 14, sender.ip + 12, 4);
    memcpy(data + 24, target.ip + 12, 4);
    frame_ethernet(frame, everyone, host, 0x0806);
    frame_append(frame, data, sizeof(data));
}

// The next ARP frame of the gateway that asks for, or answers to, that host.
static bool take_arp(unsigned target, struct frame *frame)
{
    struct transport_address address = host4(target, 0);
    while (gateway_take(PORT_PLAIN, frame))
        if (bytes_get16(frame->bytes + 12) == 0x0806 && memcmp(frame->bytes + 38, address.ip + 12, 4) == 0)
            return true;
    return false;
}

static void a_request_for_our_address_is_answered(void)
{
    static struct frame frame, answer;
    const struct arp request = {1, 0x0800, 6, 4, 1, 1};
    uint8_t mac[6];
    gateway_open(1);
    make_arp(&frame, HOST, &request);
    frame_append(&frame, "padding of a short", 18);
    gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
    CU_ASSERT_FATAL(take_arp(HOST, &answer));
    host_mac(HOST, mac);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, mac, 6), 0);
    CU_ASSERT_EQUAL(bytes_get16(answer.bytes + ETHERNET_SIZE + 6), 2);
    CU_ASSERT_EQUAL(memcmp(answer.bytes + ETHERNET_SIZE + 8, ports_get(PORT_PLAIN)->mac.addr_bytes, 6), 0);
    CU_ASSERT_EQUAL(memcmp(answer.bytes + ETHERNET_SIZE + 14, our4(0).ip + 12, 4), 0);
    CU_ASSERT_EQUAL(answer.size, ETHERNET_SIZE + ARP_SIZE); // none of the padding's bytes go back
    gateway_close();
}

static void each_row_is_dropped_by_its_name(void)
{
    static const struct {
        struct arp arp;
        unsigned cut;
        enum drop_reason reason;
    } rows[] = {
        {{1, 0x0800, 6, 4, 1, 77}, 0, DROP_ARP_INPUT_NOT_FOR_US},
        {{6, 0x0800, 6, 4, 1, 1}, 0, DROP_ARP_INPUT_MALFORMED},
        {{1, 0x86dd, 6, 4, 1, 1}, 0, DROP_ARP_INPUT_MALFORMED},
        {{1, 0x0800, 8, 4, 1, 1}, 0, DROP_ARP_INPUT_MALFORMED},
        {{1, 0x0800, 6, 16, 1, 1}, 0, DROP_ARP_INPUT_MALFORMED},
        {{1, 0x0800, 6, 4, 1, 1}, 1, DROP_ARP_INPUT_MALFORMED},
        {{1, 0x0800, 6, 4, 1, 1}, ARP_SIZE, DROP_ARP_INPUT_MALFORMED},
    };
    static struct frame frame;
    gateway_open(1);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        uint64_t before = gateway_dropped(rows[i].reason);
        make_arp(&frame, HOST, &rows[i].arp);
        frame.size -= rows[i].cut;
        gateway_receive(PORT_PLAIN, 0, &frame);
        gateway_walk();
        CU_ASSERT_EQUAL(gateway_dropped(rows[i].reason), before + 1);
    }
    gateway_close();
}

static void an_unknown_station_is_asked_for_and_then_served(void)
{
    static struct frame frame;
    static struct datagram datagram;
    const struct arp reply = {1, 0x0800, 6, 4, 2, 1};
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 5, 0);
    memset(&ports_get(PORT_PLAIN)->neighbours, 0, sizeof(struct neighbour_table)); // nobody introduced it
    peer_check(&peer, 0);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_OUTPUT_NEXT_HOP_UNRESOLVED), 1);
    gateway_settle();
    CU_ASSERT_FATAL(take_arp(peer.host, &frame));
    CU_ASSERT_EQUAL(memcmp(frame.bytes, everyone, 6), 0);
    CU_ASSERT_EQUAL(bytes_get16(frame.bytes + ETHERNET_SIZE + 6), 1);
    make_arp(&frame, peer.host, &reply);
    gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_ARP), 1);
    peer_check(&peer, 0);
    CU_ASSERT_FATAL(peer_take(&peer, &datagram));
    uint8_t mac[6];
    host_mac(peer.host, mac);
    CU_ASSERT_EQUAL(memcmp(datagram.station, mac, 6), 0);
    gateway_close();
}

static void an_answer_that_nobody_asked_for_is_not_learned(void)
{
    static struct frame frame;
    const struct arp reply = {1, 0x0800, 6, 4, 2, 1};
    struct rte_ether_addr mac;
    gateway_open(1);
    make_arp(&frame, HOST + 1, &reply);
    gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
    struct transport_address address = host4(HOST + 1, 0);
    CU_ASSERT_EQUAL(neighbour_find(&ports_get(PORT_PLAIN)->neighbours, address.ip, &mac), -ENOENT);
    gateway_close();
}

static void a_station_is_asked_again_and_forgotten_when_silent(void)
{
    static struct frame frame;
    struct rte_ether_addr mac;
    gateway_open(1);
    frames_introduce(HOST);
    struct transport_address address = host4(HOST, 0);
    gateway_advance(NEIGHBOUR_REFRESH_MS + 1000);
    for (int i = 0; i < 4; i++)
        gateway_walk();
    CU_ASSERT(take_arp(HOST, &frame));
    CU_ASSERT_EQUAL(neighbour_find(&ports_get(PORT_PLAIN)->neighbours, address.ip, &mac), 0); // still good
    gateway_advance(NEIGHBOUR_EXPIRE_MS);
    for (int i = 0; i < 4; i++)
        gateway_walk();
    CU_ASSERT_EQUAL(neighbour_find(&ports_get(PORT_PLAIN)->neighbours, address.ip, &mac), -EAGAIN);
    gateway_close();
}

void arp_input_suite(void)
{
    CU_pSuite suite = CU_add_suite("arp_input and next hops", NULL, NULL);
    CU_ADD_TEST(suite, a_request_for_our_address_is_answered);
    CU_ADD_TEST(suite, each_row_is_dropped_by_its_name);
    CU_ADD_TEST(suite, an_unknown_station_is_asked_for_and_then_served);
    CU_ADD_TEST(suite, an_answer_that_nobody_asked_for_is_not_learned);
    CU_ADD_TEST(suite, a_station_is_asked_again_and_forgotten_when_silent);
}
