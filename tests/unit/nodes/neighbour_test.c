// SPDX-License-Identifier: Apache-2.0
// dataplane/neighbour.c, arp_input, eth_input, ip4_input, ip6_input: proves that invented addresses cannot fill the
// table of next hops, that one worker writes it, and that what no host sends is dropped by its name.
#include "frames.h"
#include "nodes_suites.h"
#include "peer.h"

#include <CUnit/CUnit.h>
#include <netinet/in.h>

#include "bytes.h"

#define HOST 30

static struct neighbour_table table;
static struct frame frame;
static const uint64_t start = 1000 * MILLISECOND;

static struct rte_ether_addr station(unsigned number)
{
    struct rte_ether_addr mac;
    host_mac(number, mac.addr_bytes);
    return mac;
}

static int find(unsigned host)
{
    struct transport_address address = host6(host, 0);
    struct rte_ether_addr mac, expected = station(host);
    int found = neighbour_find(&table, address.ip, &mac);
    if (found == 0)
        CU_ASSERT(rte_is_same_ether_addr(&mac, &expected));
    return found;
}

static int add(unsigned host, bool is_kept)
{
    struct transport_address address = host6(host, 0);
    return neighbour_add(&table, address.ip, is_kept);
}

static void learn(unsigned host, uint64_t now)
{
    struct transport_address address = host6(host, 0);
    struct rte_ether_addr mac = station(host);
    neighbour_learn(&table, address.ip, &mac, now);
}

static unsigned ask_all(uint64_t now)
{
    unsigned count = 0;
    while (neighbour_due(&table, now) >= 0)
        count++;
    return count;
}

static void a_table_full_of_invented_addresses_empties(void)
{
    memset(&table, 0, sizeof(table));
    uint64_t now = start;
    CU_ASSERT_EQUAL(add(1, true), 0); // the gateway
    learn(1, now);
    for (unsigned i = 2; i <= NEIGHBOUR_MAX; i++)
        CU_ASSERT_EQUAL(add(i, false), 0);
    CU_ASSERT_EQUAL(add(1000, false), -ENOSPC);
    for (int attempt = 0; attempt < NEIGHBOUR_ATTEMPTS; attempt++, now += (NEIGHBOUR_RETRY_MS + 1) * MILLISECOND)
        CU_ASSERT_EQUAL(ask_all(now), NEIGHBOUR_MAX - 1);
    CU_ASSERT_EQUAL(ask_all(now), 0);
    for (unsigned i = 2; i <= NEIGHBOUR_MAX; i++)
        CU_ASSERT_EQUAL(find(i), -ENOENT);
    CU_ASSERT_EQUAL(find(1), 0);
    for (unsigned i = 1001; i < 1001 + NEIGHBOUR_MAX - 1; i++)
        CU_ASSERT_EQUAL(add(i, false), 0);
}

static void who_comes_and_goes_hides_nobody(void)
{
    uint64_t now = start;
    memset(&table, 0, sizeof(table));
    for (unsigned round = 0; round < 40; round++) {
        for (unsigned i = 0; i < 200; i++) {
            bool stays = i % 2;
            unsigned host = stays ? i : 1000 + round * 200 + i;
            CU_ASSERT_EQUAL(add(host, false), 0);
            if (stays || round % 2)
                learn(host, now);
        }
        for (unsigned i = 1; i < 200; i += 2)
            CU_ASSERT_EQUAL(find(i), 0);
        now += (NEIGHBOUR_EXPIRE_MS + 1) * MILLISECOND; // those that were learned and all others go, in any order
        for (unsigned i = 1; i < 200; i += 2)
            learn(i, now);
        for (int attempt = 0; attempt <= NEIGHBOUR_ATTEMPTS; attempt++, now += 501 * MILLISECOND)
            ask_all(now);
        CU_ASSERT_EQUAL(find(1000 + round * 200), -ENOENT);
        for (unsigned i = 1; i < 200; i += 2)
            CU_ASSERT_EQUAL(find(i), 0);
    }
}

static void an_unused_station_is_not_asked_for_again(void)
{
    memset(&table, 0, sizeof(table));
    add(1, false);
    add(2, false);
    learn(1, start);
    learn(2, start);
    CU_ASSERT_EQUAL(find(2), 0);
    uint64_t now = start + (NEIGHBOUR_REFRESH_MS + 1) * MILLISECOND;
    struct transport_address used = host6(2, 0);
    int due = neighbour_due(&table, now);
    CU_ASSERT_FATAL(due >= 0);
    CU_ASSERT_EQUAL(memcmp(table.entries[due].ip, used.ip, 16), 0);
    CU_ASSERT_EQUAL(ask_all(now), 0);
}

// Checks of sessions that do not exist, from every address of the link: each would need its next hop for the answer.
static void strangers_take_no_place(void)
{
    struct peer peer;
    uint8_t data[512];
    struct rte_ether_addr mac;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    gateway_settle();
    uint64_t asked = gateway_created(CREATE_ARP);
    for (unsigned i = 100; i < 200; i++) {
        struct transport_address from = host4(i, 4000);
        if (i % 10 == 0)
            gateway_advance(1000); // ten errors a second are answered
        peer_send_from(&peer, &from, data, peer_write_check(&peer, CHECK_UNKNOWN_USER, data));
        gateway_walk();
        CU_ASSERT_EQUAL(neighbour_find(&ports_get(PORT_PLAIN)->neighbours, from.ip, &mac), -ENOENT);
    }
    CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_OUTPUT_NEXT_HOP_UNRESOLVED), 0);
    CU_ASSERT_EQUAL(gateway_created(CREATE_ARP), asked);
    forget_datagrams();
    gateway_close();
}

static void receive_arp(unsigned queue, unsigned sender, unsigned target, unsigned mac_of, uint16_t operation)
{
    static const uint8_t everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct transport_address from = host4(sender, 0), to = host4(target, 0);
    uint8_t data[28] = {0, 1, 8, 0, 6, 4};
    bytes_put16(data + 6, operation);
    host_mac(mac_of, data + 8);
    memcpy(data + 14, from.ip + 12, 4);
    memcpy(data + 24, to.ip + 12, 4);
    frame_ethernet(&frame, everyone, mac_of, 0x0806);
    frame_append(&frame, data, sizeof(data));
    gateway_receive(PORT_PLAIN, queue, &frame);
    gateway_settle();
}

static bool is_at(unsigned host, unsigned mac_of)
{
    struct transport_address address = host4(host, 0);
    struct rte_ether_addr mac, expected = station(mac_of);
    return neighbour_find(&ports_get(PORT_PLAIN)->neighbours, address.ip, &mac) == 0 &&
           rte_is_same_ether_addr(&mac, &expected);
}

static void an_answer_on_another_workers_queue_reaches_the_writer(void)
{
    struct transport_address address = host4(HOST, 0);
    gateway_open(2);
    neighbour_want(&ports_get(PORT_PLAIN)->neighbours, address.ip); // as the second worker does
    gateway_settle();
    receive_arp(1, HOST, 1, HOST, 2);
    CU_ASSERT(is_at(HOST, HOST));
    gateway_close();
}

static void a_station_that_moved_says_so(void)
{
    gateway_open(1);
    frames_introduce(HOST);
    for (uint16_t operation = 1; operation <= 2; operation++) {
        receive_arp(0, HOST, HOST, HOST + operation, operation);
        CU_ASSERT(is_at(HOST, HOST + operation));
    }
    receive_arp(0, HOST, HOST + 5, HOST + 3, 1); // asks for somebody else
    CU_ASSERT(is_at(HOST, HOST + 2));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_ARP_INPUT_NOT_FOR_US), 1);
    receive_arp(0, HOST + 8, HOST + 8, HOST + 8, 1); // unknown, and stays so
    CU_ASSERT_FALSE(is_at(HOST + 8, HOST + 8));
    gateway_close();
}

static struct transport_address ip(const char *text)
{
    struct transport_address address = {0};
    CU_ASSERT_EQUAL(transport_address_parse(text, &address), 0);
    address.port = 5000;
    return address;
}

static void sources_that_no_host_has_are_dropped(void)
{
    static const char *const martians[] = {"0.0.0.0",         "0.1.2.3",    "127.0.0.1", "224.0.0.1", "239.255.255.250",
                                           "255.255.255.255", "240.0.0.1",  "192.0.2.1", "::",        "::1",
                                           "ff02::1",         "2001:db8::1"};
    static const char *const hosts[] = {"1.0.0.1",         "126.0.0.1", "128.0.0.1",
                                        "223.255.255.254", "fe80::1",   "2001:db8::2"};
    gateway_open(1);
    for (size_t i = 0; i < RTE_DIM(martians); i++) {
        struct transport_address from = ip(martians[i]);
        bool is_ipv4 = transport_address_is_ipv4(&from);
        struct transport_address to = is_ipv4 ? our4(16384) : our6(16384);
        enum drop_reason reason = is_ipv4 ? DROP_IP4_INPUT_MARTIAN : DROP_IP6_INPUT_MARTIAN;
        uint64_t before = gateway_dropped(reason);
        frame_udp(&frame, HOST, &from, &to, "hello", 5);
        gateway_receive(PORT_PLAIN, 0, &frame);
        gateway_walk();
        CU_ASSERT_EQUAL(gateway_dropped(reason), before + 1);
    }
    uint64_t before = gateway_dropped(DROP_IP4_INPUT_MARTIAN) + gateway_dropped(DROP_IP6_INPUT_MARTIAN);
    for (size_t i = 0; i < RTE_DIM(hosts); i++) {
        struct transport_address from = ip(hosts[i]);
        struct transport_address to = transport_address_is_ipv4(&from) ? our4(16384) : our6(16384);
        frame_udp(&frame, HOST, &from, &to, "hello", 5);
        gateway_receive(PORT_PLAIN, 0, &frame);
        gateway_walk();
    }
    CU_ASSERT_EQUAL(gateway_dropped(DROP_IP4_INPUT_MARTIAN) + gateway_dropped(DROP_IP6_INPUT_MARTIAN), before);
    gateway_close();
}

// As net_af_packet delivers it: the tag stands beside the frame.
static void receive_stripped(const char *ring, uint16_t vlan)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(rte_mempool_lookup("packets"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(mbuf);
    memcpy(rte_pktmbuf_append(mbuf, (uint16_t)frame.size), frame.bytes, frame.size);
    mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    mbuf->vlan_tci = vlan;
    CU_ASSERT_EQUAL_FATAL(rte_ring_enqueue(rte_ring_lookup(ring), mbuf), 0);
    gateway_walk();
}

static void a_tag_that_the_device_took_off_counts(void)
{
    static const struct {
        const char *ring;
        unsigned port;
        uint16_t vlan;
        bool other;
    } rows[] = {
        {"vlan-in-0", PORT_VLAN, 42, false},  {"vlan-in-0", PORT_VLAN, 0x602a, false}, // priority 3
        {"vlan-in-0", PORT_VLAN, 43, true},   {"vlan-in-0", PORT_VLAN, 0, true},
        {"plain-in-0", PORT_PLAIN, 42, true}, {"plain-in-0", PORT_PLAIN, 0, false}, // a priority alone is no VLAN
    };
    gateway_open(1);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        uint64_t before = gateway_dropped(DROP_ETH_INPUT_OTHER_VLAN);
        frame_ethernet(&frame, ports_get(rows[i].port)->mac.addr_bytes, HOST, 0x0806);
        receive_stripped(rows[i].ring, rows[i].vlan);
        CU_ASSERT_EQUAL(gateway_dropped(DROP_ETH_INPUT_OTHER_VLAN) - before, rows[i].other);
    }
    CU_ASSERT_EQUAL(gateway_dropped(DROP_ARP_INPUT_MALFORMED), 3); // the others went on
    gateway_close();
}

void neighbour_suite(void)
{
    CU_pSuite suite = CU_add_suite("neighbours and strangers", NULL, NULL);
    CU_ADD_TEST(suite, a_table_full_of_invented_addresses_empties);
    CU_ADD_TEST(suite, who_comes_and_goes_hides_nobody);
    CU_ADD_TEST(suite, an_unused_station_is_not_asked_for_again);
    CU_ADD_TEST(suite, strangers_take_no_place);
    CU_ADD_TEST(suite, an_answer_on_another_workers_queue_reaches_the_writer);
    CU_ADD_TEST(suite, a_station_that_moved_says_so);
    CU_ADD_TEST(suite, sources_that_no_host_has_are_dropped);
    CU_ADD_TEST(suite, a_tag_that_the_device_took_off_counts);
}
