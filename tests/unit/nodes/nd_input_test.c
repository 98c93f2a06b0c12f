// SPDX-License-Identifier: Apache-2.0
// nd_input: proves that neighbour discovery (RFC 4861) and echo over IPv6 are answered, and wrong ones are named.
#include "frames.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>
#include <netinet/in.h>

#include "bytes.h"

#define HOST        12
#define HOP_LIMIT   (ETHERNET_SIZE + 7)
#define MESSAGE     (ETHERNET_SIZE + IP6_SIZE)
#define SOLICIT     135
#define ADVERTISE   136
#define ECHO        128
#define GROUP_FIRST 0xff

static struct transport_address solicited_group(void)
{
    const uint8_t ip[16] = {GROUP_FIRST, 0x02, [11] = 1, 0xff, 0, 0, 1};
    return transport_address_ipv6(ip, 0);
}

// type, target and a link-layer address option of `option` (0: none).
static void make(struct frame *frame, uint8_t type, unsigned target, uint8_t option)
{
    struct transport_address from = host6(HOST, 0), to = type == SOLICIT ? solicited_group() : our6(0);
    struct transport_address asked = host6(target, 0);
    uint8_t data[32] = {type};
    size_t size = option ? 32 : 24;
    memcpy(data + 8, asked.ip, 16);
    data[24] = option;
    data[25] = 1;
    host_mac(HOST, data + 26);
    bytes_put16(data + 2, sum_with_pseudo_header(&from, &to, IPPROTO_ICMPV6, data, size));
    frame_ip(frame, HOST, &from, &to, IPPROTO_ICMPV6, data, size);
}

static void receive(const struct frame *frame)
{
    gateway_receive(PORT_PLAIN, 0, frame);
    gateway_walk();
}

static bool take_ip6(struct frame *frame)
{
    while (gateway_take(PORT_PLAIN, frame))
        if (bytes_get16(frame->bytes + 12) == 0x86dd)
            return true;
    return false;
}

static bool has_good_sum(const struct frame *frame)
{
    const uint8_t *ip = frame->bytes + ETHERNET_SIZE;
    struct transport_address from = transport_address_ipv6(ip + 8, 0), to = transport_address_ipv6(ip + 24, 0);
    return sum_with_pseudo_header(&from, &to, IPPROTO_ICMPV6, ip + IP6_SIZE, frame->size - MESSAGE) == 0;
}

static void a_solicitation_for_our_address_is_answered(void)
{
    static struct frame frame;
    gateway_open(1);
    make(&frame, SOLICIT, 1, 1);
    receive(&frame);
    CU_ASSERT_FATAL(take_ip6(&frame));
    CU_ASSERT_EQUAL(frame.bytes[MESSAGE], ADVERTISE);
    CU_ASSERT_EQUAL(frame.bytes[MESSAGE + 4], 0x60); // solicited, override
    CU_ASSERT_EQUAL(frame.bytes[HOP_LIMIT], 255);
    CU_ASSERT_EQUAL(memcmp(frame.bytes + MESSAGE + 8, our6(0).ip, 16), 0);
    CU_ASSERT_EQUAL(memcmp(frame.bytes + MESSAGE + 26, ports_get(PORT_PLAIN)->mac.addr_bytes, 6), 0);
    CU_ASSERT(has_good_sum(&frame));
    gateway_close();
}

static void an_advertisement_is_learned(void)
{
    static struct frame frame;
    struct transport_address address = host6(HOST, 0);
    struct rte_ether_addr mac;
    uint8_t expected[6];
    gateway_open(1);
    neighbour_add(&ports_get(PORT_PLAIN)->neighbours, address.ip, false);
    gateway_settle();
    CU_ASSERT_FATAL(take_ip6(&frame)); // asked for, in the target's group
    CU_ASSERT_EQUAL(frame.bytes[MESSAGE], SOLICIT);
    CU_ASSERT_EQUAL(bytes_get16(frame.bytes), 0x3333);
    CU_ASSERT(has_good_sum(&frame));
    make(&frame, ADVERTISE, HOST, 2);
    receive(&frame);
    host_mac(HOST, expected);
    CU_ASSERT_EQUAL(neighbour_find(&ports_get(PORT_PLAIN)->neighbours, address.ip, &mac), 0);
    CU_ASSERT_EQUAL(memcmp(mac.addr_bytes, expected, 6), 0);
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_ND), 1);
    gateway_close();
}

static void an_echo_over_ipv6_is_answered(void)
{
    static struct frame frame;
    struct transport_address from = host6(HOST, 0), to = our6(0);
    uint8_t data[12] = {ECHO, 0, 0, 0, 1, 2, 3, 4, 'n', 'a', 'r', 'u'};
    gateway_open(1);
    bytes_put16(data + 2, sum_with_pseudo_header(&from, &to, IPPROTO_ICMPV6, data, sizeof(data)));
    frame_ip(&frame, HOST, &from, &to, IPPROTO_ICMPV6, data, sizeof(data));
    receive(&frame);
    CU_ASSERT_FATAL(take_ip6(&frame));
    CU_ASSERT_EQUAL(frame.bytes[MESSAGE], 129);
    CU_ASSERT_EQUAL(memcmp(frame.bytes + MESSAGE + 4, data + 4, 8), 0);
    CU_ASSERT(has_good_sum(&frame));
    gateway_close();
}

static void change(struct frame *frame, unsigned at, uint8_t value)
{
    struct transport_address from = host6(HOST, 0);
    struct transport_address to = transport_address_ipv6(frame->bytes + ETHERNET_SIZE + 24, 0);
    frame->bytes[at] = value;
    bytes_put16(frame->bytes + MESSAGE + 2, 0);
    bytes_put16(frame->bytes + MESSAGE + 2,
                sum_with_pseudo_header(&from, &to, IPPROTO_ICMPV6, frame->bytes + MESSAGE, frame->size - MESSAGE));
}

static void each_row_is_dropped_by_its_name(void)
{
    static const struct {
        const char *what;
        uint8_t type;
        unsigned target, at;
        uint8_t value;
        enum drop_reason reason;
    } rows[] = {
        {"came through a router", SOLICIT, 1, HOP_LIMIT, 254, DROP_ND_INPUT_MALFORMED},
        {"another's target", SOLICIT, 77, HOP_LIMIT, 255, DROP_ND_INPUT_UNHANDLED},
        {"an option of no length", SOLICIT, 1, MESSAGE + 25, 0, DROP_ND_INPUT_MALFORMED},
        {"an option beyond the packet", SOLICIT, 1, MESSAGE + 25, 9, DROP_ND_INPUT_MALFORMED},
        {"an advertisement through a router", ADVERTISE, HOST, HOP_LIMIT, 64, DROP_ND_INPUT_MALFORMED},
        {"a router's", SOLICIT, 1, MESSAGE, 134, DROP_ND_INPUT_UNHANDLED},
    };
    static struct frame frame;
    gateway_open(1);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        uint64_t before = gateway_dropped(rows[i].reason);
        make(&frame, rows[i].type, rows[i].target, 1);
        change(&frame, rows[i].at, rows[i].value);
        receive(&frame);
        CU_ASSERT_EQUAL(gateway_dropped(rows[i].reason), before + 1);
    }
    make(&frame, SOLICIT, 1, 1);
    frame.bytes[MESSAGE + 3] ^= 1; // checksum
    receive(&frame);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_ND_INPUT_MALFORMED), 5);
    gateway_close();
}

void nd_input_suite(void)
{
    CU_pSuite suite = CU_add_suite("nd_input", NULL, NULL);
    CU_ADD_TEST(suite, a_solicitation_for_our_address_is_answered);
    CU_ADD_TEST(suite, an_advertisement_is_learned);
    CU_ADD_TEST(suite, an_echo_over_ipv6_is_answered);
    CU_ADD_TEST(suite, each_row_is_dropped_by_its_name);
}
