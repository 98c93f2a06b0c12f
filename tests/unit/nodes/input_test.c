// SPDX-License-Identifier: Apache-2.0
// eth_input, ip4_input, ip6_input, icmp_input, udp_input: proves that a frame that is wrong in one way is dropped under
// the name of that way, and changes nothing else.
#include "frames.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <netinet/in.h>

#include "bytes.h"

#define HOST 10
#define IP   ETHERNET_SIZE

static void bytes_of_udp4(struct frame *frame)
{
    struct transport_address from = host4(HOST, 5000), to = our4(16384);
    frame_udp(frame, HOST, &from, &to, "\x80\x60payload of no session", 24);
}

static void bytes_of_udp6(struct frame *frame)
{
    struct transport_address from = host6(HOST, 5000), to = our6(16384);
    frame_udp(frame, HOST, &from, &to, "\x80\x60payload of no session", 24);
}

static void bytes_of_echo(struct frame *frame)
{
    struct transport_address from = host4(HOST, 0), to = our4(0);
    uint8_t icmp[16] = {8, 0, 0, 0, 0x12, 0x34, 0, 1, 'n', 'a', 'r', 'u'};
    bytes_put16(icmp + 2, (uint16_t)~sum_of(icmp, sizeof(icmp), 0));
    frame_ip(frame, HOST, &from, &to, IPPROTO_ICMP, icmp, sizeof(icmp));
}

static void nothing(struct frame *frame)
{
    (void)frame;
}

static void cut(struct frame *frame)
{
    frame->size -= 10;
}

static void pad(struct frame *frame)
{
    frame_append(frame, "\0\0\0\0\0\0\0\0", 8);
}

static void to_5_bytes(struct frame *frame)
{
    frame->size = 5;
}

static void to_ethernet_alone(struct frame *frame)
{
    frame->size = ETHERNET_SIZE;
}

static void oversize(struct frame *frame)
{
    static const uint8_t more[1600];
    frame_append(frame, more, 1520 - frame->size);
}

static void other_station(struct frame *frame)
{
    frame->bytes[5] ^= 0x77;
}

static void other_type(struct frame *frame)
{
    bytes_put16(frame->bytes + 12, 0x88cc);
}

static void tag(struct frame *frame, uint16_t vlan)
{
    memmove(frame->bytes + 16, frame->bytes + 12, frame->size - 12);
    bytes_put16(frame->bytes + 12, 0x8100);
    bytes_put16(frame->bytes + 14, vlan);
    frame->size += 4;
}

static void tag_of_another_vlan(struct frame *frame)
{
    tag(frame, 7);
}

static void tag_of_priority_alone(struct frame *frame)
{
    tag(frame, 5 << 13);
}

static void cut_tag(struct frame *frame)
{
    tag(frame, 0);
    frame->size = 16;
}

static void ip4_version(struct frame *frame)
{
    frame->bytes[IP] = 0x65;
    frame_fix_ip4_sum(frame);
}

static void ip4_header_length_4(struct frame *frame)
{
    frame->bytes[IP] = 0x44;
}

static void ip4_header_beyond_packet(struct frame *frame)
{
    frame->bytes[IP] = 0x4f;
    bytes_put16(frame->bytes + IP + 2, 40);
}

static void ip4_total_length_lies(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + 2, 1400);
    frame_fix_ip4_sum(frame);
}

static void ip4_sum(struct frame *frame)
{
    frame->bytes[IP + 11] ^= 1;
}

static void ip4_first_fragment(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + 6, 0x2000);
    frame_fix_ip4_sum(frame);
}

static void ip4_last_fragment(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + 6, 185);
    frame_fix_ip4_sum(frame);
}

static void ip4_do_not_fragment(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + 6, 0x4000);
    frame_fix_ip4_sum(frame);
}

static void ip4_other_destination(struct frame *frame)
{
    frame->bytes[IP + 19] = 77;
    frame_fix_ip4_sum(frame);
}

static void ip4_source_is(struct frame *frame, uint8_t first)
{
    struct transport_address from = transport_address_ipv4((const uint8_t[]){first, 0, 0, 1}, 5000), to = our4(16384);
    frame_udp(frame, HOST, &from, &to, "\x80\x60payload", 9);
}

static void ip4_source_loopback(struct frame *frame)
{
    ip4_source_is(frame, 127);
}

static void ip4_source_multicast(struct frame *frame)
{
    ip4_source_is(frame, 224);
}

static void ip4_source_ours(struct frame *frame)
{
    struct transport_address from = our4(5000), to = our4(16384);
    frame_udp(frame, HOST, &from, &to, "\x80\x60payload", 9);
}

static void ip6_source_multicast(struct frame *frame)
{
    frame->bytes[IP + 8] = 0xff;
}

static void ip4_tcp(struct frame *frame)
{
    frame->bytes[IP + 9] = IPPROTO_TCP;
    frame_fix_ip4_sum(frame);
}

static void ip6_version(struct frame *frame)
{
    frame->bytes[IP] = 0x40;
}

static void ip6_payload_length_lies(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + 4, 1400);
}

static void ip6_fragment(struct frame *frame)
{
    frame->bytes[IP + 6] = IPPROTO_FRAGMENT;
}

static void ip6_tcp(struct frame *frame)
{
    frame->bytes[IP + 6] = IPPROTO_TCP;
}

static void ip6_other_destination(struct frame *frame)
{
    frame->bytes[IP + 39] = 77;
}

static void ip6_mapped_source(struct frame *frame)
{
    struct transport_address mapped = host4(HOST, 0);
    memcpy(frame->bytes + IP + 8, mapped.ip, 16);
}

// An IPv6 packet to ::ffff:192.0.2.1 must not pass for one to 192.0.2.1.
static void ip6_mapped_destination(struct frame *frame)
{
    struct transport_address mapped = our4(0);
    memcpy(frame->bytes + IP + 24, mapped.ip, 16);
}

static uint8_t *udp4(struct frame *frame)
{
    return frame->bytes + IP + IP4_SIZE;
}

static void udp_too_long(struct frame *frame)
{
    bytes_put16(udp4(frame) + 4, 33 + UDP_SIZE);
}

static void udp_too_short(struct frame *frame)
{
    bytes_put16(udp4(frame) + 4, 7);
}

static void udp_empty(struct frame *frame)
{
    struct transport_address from = host4(HOST, 5000), to = our4(16384);
    frame_udp(frame, HOST, &from, &to, "", 0);
}

static void udp_header_cut(struct frame *frame)
{
    struct transport_address from = host4(HOST, 0), to = our4(0);
    frame_ip(frame, HOST, &from, &to, IPPROTO_UDP, "\x13\x88\x40", 3);
}

static void udp_sum(struct frame *frame)
{
    udp4(frame)[UDP_SIZE + 3] ^= 0x10;
}

static void udp_without_sum(struct frame *frame)
{
    bytes_put16(udp4(frame) + 6, 0);
}

static void udp6_without_sum(struct frame *frame)
{
    bytes_put16(frame->bytes + IP + IP6_SIZE + 6, 0);
}

static void udp_to_no_shard(struct frame *frame)
{
    struct transport_address from = host4(HOST, 5000), to = our4(80);
    frame_udp(frame, HOST, &from, &to, "hello", 5);
}

static void udp_from_port_0(struct frame *frame)
{
    struct transport_address from = host4(HOST, 0), to = our4(16384);
    frame_udp(frame, HOST, &from, &to, "hello", 5);
}

static void icmp_sum(struct frame *frame)
{
    frame->bytes[IP + IP4_SIZE + 2] ^= 1;
}

static void icmp_cut(struct frame *frame)
{
    struct transport_address from = host4(HOST, 0), to = our4(0);
    frame_ip(frame, HOST, &from, &to, IPPROTO_ICMP, "\x08\x00\xf7\xff", 4);
}

static void icmp_unreachable(struct frame *frame)
{
    frame->bytes[IP + IP4_SIZE] = 3;
    uint8_t *icmp = frame->bytes + IP + IP4_SIZE;
    bytes_put16(icmp + 2, 0);
    bytes_put16(icmp + 2, (uint16_t)~sum_of(icmp, 16, 0));
}

// The good frames end at udp_classify: their source is unknown and says no STUN.
static const struct {
    const char *what;
    void (*make)(struct frame *);
    void (*spoil)(struct frame *);
    enum drop_reason reason;
} rows[] = {
    {"a good IPv4 datagram", bytes_of_udp4, nothing, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"a good IPv6 datagram", bytes_of_udp6, nothing, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"padded to the shortest frame", bytes_of_udp4, pad, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"padded IPv6", bytes_of_udp6, pad, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"no Ethernet header", bytes_of_udp4, to_5_bytes, DROP_ETH_INPUT_TOO_SHORT},
    {"over the MTU", bytes_of_udp4, oversize, DROP_PORT_RX_TOO_LONG},
    {"another station's", bytes_of_udp4, other_station, DROP_ETH_INPUT_OTHER_MAC},
    {"LLDP", bytes_of_udp4, other_type, DROP_ETH_INPUT_UNKNOWN_TYPE},
    {"tagged where no VLAN is", bytes_of_udp4, tag_of_another_vlan, DROP_ETH_INPUT_OTHER_VLAN},
    {"tagged for priority alone", bytes_of_udp4, tag_of_priority_alone, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"a tag cut short", bytes_of_udp4, cut_tag, DROP_ETH_INPUT_TOO_SHORT},
    {"IPv4 without a byte", bytes_of_udp4, to_ethernet_alone, DROP_IP4_INPUT_MALFORMED},
    {"IPv4 cut short", bytes_of_udp4, cut, DROP_IP4_INPUT_MALFORMED},
    {"version 6 in IPv4", bytes_of_udp4, ip4_version, DROP_IP4_INPUT_MALFORMED},
    {"header length 16", bytes_of_udp4, ip4_header_length_4, DROP_IP4_INPUT_MALFORMED},
    {"header longer than the packet", bytes_of_udp4, ip4_header_beyond_packet, DROP_IP4_INPUT_MALFORMED},
    {"total length beyond the frame", bytes_of_udp4, ip4_total_length_lies, DROP_IP4_INPUT_MALFORMED},
    {"header checksum", bytes_of_udp4, ip4_sum, DROP_IP4_INPUT_BAD_CHECKSUM},
    {"first fragment", bytes_of_udp4, ip4_first_fragment, DROP_IP4_INPUT_FRAGMENT},
    {"last fragment", bytes_of_udp4, ip4_last_fragment, DROP_IP4_INPUT_FRAGMENT},
    {"not to be fragmented", bytes_of_udp4, ip4_do_not_fragment, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"another host's address", bytes_of_udp4, ip4_other_destination, DROP_IP4_INPUT_NOT_FOR_US},
    {"from a loopback address", bytes_of_udp4, ip4_source_loopback, DROP_IP4_INPUT_MARTIAN},
    {"from a group", bytes_of_udp4, ip4_source_multicast, DROP_IP4_INPUT_MARTIAN},
    {"from the gateway's own address", bytes_of_udp4, ip4_source_ours, DROP_IP4_INPUT_MARTIAN},
    {"TCP", bytes_of_udp4, ip4_tcp, DROP_IP4_INPUT_UNKNOWN_PROTOCOL},
    {"IPv6 without a byte", bytes_of_udp6, to_ethernet_alone, DROP_IP6_INPUT_MALFORMED},
    {"IPv6 cut short", bytes_of_udp6, cut, DROP_IP6_INPUT_MALFORMED},
    {"version 4 in IPv6", bytes_of_udp6, ip6_version, DROP_IP6_INPUT_MALFORMED},
    {"payload length beyond the frame", bytes_of_udp6, ip6_payload_length_lies, DROP_IP6_INPUT_MALFORMED},
    {"IPv6 fragment", bytes_of_udp6, ip6_fragment, DROP_IP6_INPUT_FRAGMENT},
    {"from an IPv6 group", bytes_of_udp6, ip6_source_multicast, DROP_IP6_INPUT_MARTIAN},
    {"TCP over IPv6", bytes_of_udp6, ip6_tcp, DROP_IP6_INPUT_UNKNOWN_PROTOCOL},
    {"another host's IPv6 address", bytes_of_udp6, ip6_other_destination, DROP_IP6_INPUT_NOT_FOR_US},
    {"an IPv4 source inside IPv6", bytes_of_udp6, ip6_mapped_source, DROP_IP6_INPUT_MALFORMED},
    {"an IPv4 destination inside IPv6", bytes_of_udp6, ip6_mapped_destination, DROP_IP6_INPUT_MALFORMED},
    {"UDP length beyond the packet", bytes_of_udp4, udp_too_long, DROP_UDP_CLASSIFY_MALFORMED},
    {"UDP length below its header", bytes_of_udp4, udp_too_short, DROP_UDP_CLASSIFY_MALFORMED},
    {"UDP without a payload", bytes_of_udp4, udp_empty, DROP_UDP_CLASSIFY_MALFORMED},
    {"UDP header cut", bytes_of_udp4, udp_header_cut, DROP_UDP_CLASSIFY_MALFORMED},
    {"UDP checksum", bytes_of_udp4, udp_sum, DROP_UDP_CLASSIFY_BAD_CHECKSUM},
    {"no UDP checksum over IPv4", bytes_of_udp4, udp_without_sum, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
    {"no UDP checksum over IPv6", bytes_of_udp6, udp6_without_sum, DROP_UDP_CLASSIFY_BAD_CHECKSUM},
    {"a port of no shard", bytes_of_udp4, udp_to_no_shard, DROP_UDP_CLASSIFY_NO_SHARD},
    {"source port 0", bytes_of_udp4, udp_from_port_0, DROP_UDP_CLASSIFY_NO_SHARD},
    {"ICMP checksum", bytes_of_echo, icmp_sum, DROP_ICMP_INPUT_MALFORMED},
    {"ICMP cut", bytes_of_echo, icmp_cut, DROP_ICMP_INPUT_MALFORMED},
    {"destination unreachable", bytes_of_echo, icmp_unreachable, DROP_ICMP_INPUT_UNHANDLED},
};

static void drop_burst(size_t row, unsigned count)
{
    static struct frame frame, left;
    enum drop_reason reason = rows[row].reason;
    uint64_t before = gateway_dropped(reason), all = gateway_drops();
    rows[row].make(&frame);
    rows[row].spoil(&frame);
    for (unsigned i = 0; i < count; i++)
        gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
    if (gateway_dropped(reason) != before + count)
        printf("\n  %s: not dropped as %s\n", rows[row].what, drop_reason_names[reason]);
    CU_ASSERT_EQUAL(gateway_dropped(reason), before + count);
    CU_ASSERT_EQUAL(gateway_drops(), all + count);
    while (gateway_take(PORT_PLAIN, &left))
        CU_ASSERT_EQUAL(bytes_get16(left.bytes + 12), 0x0806); // ARP for the gateway, nothing else
}

static void what_is_wrong_is_dropped_by_its_name(void)
{
    gateway_open(1);
    for (size_t row = 0; row < RTE_DIM(rows); row++)
        drop_burst(row, 1);
    gateway_close();
}

// Full bursts may be a flood, of which strays are dropped early.
static void a_flood_changes_no_name(void)
{
    gateway_open(1);
    for (size_t row = 0; row < RTE_DIM(rows); row++) {
        drop_burst(0, 60); // strangers: now they are looked for
        drop_burst(row, 60);
    }
    gateway_close();
}

static void a_frame_of_the_ports_vlan_is_taken_and_others_are_not(void)
{
    static const struct {
        uint16_t vlan;
        enum drop_reason reason;
    } tags[] = {{42, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
                {42 | 3 << 13, DROP_UDP_CLASSIFY_UNKNOWN_SOURCE},
                {43, DROP_ETH_INPUT_OTHER_VLAN}};
    static struct frame frame;
    struct transport_address from = transport_address_ipv4((const uint8_t[]){198, 51, 100, 9}, 5000);
    struct transport_address to = transport_address_ipv4((const uint8_t[]){198, 51, 100, 1}, 16384);
    gateway_open(1);
    for (size_t i = 0; i <= RTE_DIM(tags); i++) {
        enum drop_reason reason = i < RTE_DIM(tags) ? tags[i].reason : DROP_ETH_INPUT_OTHER_VLAN; // untagged
        uint64_t before = gateway_dropped(reason);
        frame_udp(&frame, HOST, &from, &to, "\x80\x60 media", 8);
        memcpy(frame.bytes, ports_get(PORT_VLAN)->mac.addr_bytes, 6);
        if (i < RTE_DIM(tags))
            tag(&frame, tags[i].vlan);
        gateway_receive(PORT_VLAN, 0, &frame);
        gateway_walk();
        CU_ASSERT_EQUAL(gateway_dropped(reason), before + 1);
    }
    gateway_close();
}

static void an_echo_request_is_answered_in_place(void)
{
    static struct frame asked, answer;
    gateway_open(1);
    bytes_of_echo(&asked);
    gateway_receive(PORT_PLAIN, 0, &asked);
    gateway_walk();
    bool found = false;
    while (!found && gateway_take(PORT_PLAIN, &answer))
        found = bytes_get16(answer.bytes + 12) == 0x0800;
    CU_ASSERT_FATAL(found);
    const uint8_t *ip = answer.bytes + IP, *icmp = ip + IP4_SIZE;
    CU_ASSERT_EQUAL(answer.size, asked.size);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, asked.bytes + 6, 6), 0); // back to the station it came from
    CU_ASSERT_EQUAL(memcmp(ip + 12, asked.bytes + IP + 16, 4), 0);
    CU_ASSERT_EQUAL(memcmp(ip + 16, asked.bytes + IP + 12, 4), 0);
    CU_ASSERT_EQUAL(sum_of(ip, IP4_SIZE, 0), 0xffff);
    CU_ASSERT_EQUAL(icmp[0], 0);
    CU_ASSERT_EQUAL(sum_of(icmp, 16, 0), 0xffff);
    CU_ASSERT_EQUAL(memcmp(icmp + 4, asked.bytes + IP + IP4_SIZE + 4, 12), 0);
    gateway_close();
}

void input_suite(void)
{
    CU_pSuite suite = CU_add_suite("eth, ip4, ip6, icmp and udp input", NULL, NULL);
    CU_ADD_TEST(suite, what_is_wrong_is_dropped_by_its_name);
    CU_ADD_TEST(suite, a_flood_changes_no_name);
    CU_ADD_TEST(suite, a_frame_of_the_ports_vlan_is_taken_and_others_are_not);
    CU_ADD_TEST(suite, an_echo_request_is_answered_in_place);
}
