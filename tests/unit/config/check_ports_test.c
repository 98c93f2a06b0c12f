// SPDX-License-Identifier: Apache-2.0
// Keys of a port, and ports, that contradict each other.
#include "verdict.h"
#include <CUnit/CUnit.h>

#define BEGIN     "ports:\n- device: net_tap0\n  addresses: [10.7.0.2/24, 'fd07::2/64']\n"
#define BEGIN_IP4 "ports:\n- device: net_tap0\n  addresses: [10.7.0.2/24]\n"
#define PREFIXES  "a list of 1 to 4 addresses with prefix length, such as 10.7.0.2/24"

static void a_port_needs_a_device_and_an_address(void)
{
    static const struct verdict rows[] = {
        {BEGIN, NULL},
        {"ports:\n- addresses: [10.7.0.2/24]\n",
         SAYS(2, "ports[0].device: is missing; allowed: a virtual device or a PCI address")},
        {"ports:\n- device: net_tap0\n", SAYS(2, "ports[0].addresses: is missing; allowed: " PREFIXES)},
        {"ports:\n- device: a --b\n",
         SAYS(2, "ports[0].device: \"a --b\" holds a space or a quote; allowed: one EAL argument")},
    };
    VERDICTS_HOLD(rows);
}

static void addresses_are_hosts(void)
{
#define NO_HOST(text) SAYS(3, "ports[0].addresses: " text " is no host's address; allowed: unicast addresses")
    static const struct verdict rows[] = {
        {"ports:\n- device: d\n  addresses: [10.7.0.0/24]\n", NO_HOST("10.7.0.0/24")},
        {"ports:\n- device: d\n  addresses: [10.7.0.255/24]\n", NO_HOST("10.7.0.255/24")},
        {"ports:\n- device: d\n  addresses: [10.7.0.255/31]\n", NULL},
        {"ports:\n- device: d\n  addresses: [10.7.0.0/32]\n", NULL},
        {"ports:\n- device: d\n  addresses: [127.0.0.1/8]\n", NO_HOST("127.0.0.1/8")},
        {"ports:\n- device: d\n  addresses: [224.0.0.1/8]\n", NO_HOST("224.0.0.1/8")},
        {"ports:\n- device: d\n  addresses: [0.0.0.1/8]\n", NO_HOST("0.0.0.1/8")},
        {"ports:\n- device: d\n  addresses: ['::/64']\n", NO_HOST("::/64")},
        {"ports:\n- device: d\n  addresses: ['ff02::1/64']\n", NO_HOST("ff02::1/64")},
        {"ports:\n- device: d\n  addresses: ['::ffff:10.7.0.2/128']\n", NO_HOST("::ffff:10.7.0.2/128")},
        {"ports:\n- device: d\n  addresses: ['fe80::1/64']\n", NULL},
    };
    VERDICTS_HOLD(rows);
}

static void gateways_are_on_the_link(void)
{
#define OFF_LINK(key, text)                                                                                            \
    SAYS(4, "ports[0]." key ": " text " is not on this link; allowed: another host in a prefix of addresses")
    static const struct verdict rows[] = {
        {BEGIN "  gateway: 10.7.0.1\n  gateway6: 'fd07::1'\n", NULL},
        {BEGIN "  gateway6: 'fe80::1'\n", NULL},
        {BEGIN "  gateway: 10.7.1.1\n", OFF_LINK("gateway", "10.7.1.1")},
        {BEGIN "  gateway: 10.7.0.2\n", OFF_LINK("gateway", "10.7.0.2")},
        {BEGIN "  gateway6: 'fd07:0:0:1::1'\n", OFF_LINK("gateway6", "fd07:0:0:1::1") ", or fe80::"},
        {BEGIN_IP4 "  gateway6: 'fe80::1'\n", OFF_LINK("gateway6", "fe80::1") ", or fe80::"},
        {"ports:\n- device: d\n  addresses: [10.7.7.2/22]\n  gateway: 10.7.4.1\n", NULL},
        {"ports:\n- device: d\n  addresses: [10.7.7.2/22]\n  gateway: 10.7.3.1\n", OFF_LINK("gateway", "10.7.3.1")},
    };
    VERDICTS_HOLD(rows);
}

static void advertised_addresses_stand_for_own_ones(void)
{
    static const struct verdict rows[] = {
        {BEGIN "  advertise: [203.0.113.7, '2001:db8::7']\n", NULL},
        {BEGIN "  advertise: [0.0.0.0]\n",
         SAYS(4, "ports[0].advertise: 0.0.0.0 is no host's address; allowed: unicast addresses")},
        {BEGIN_IP4 "  advertise: ['2001:db8::7']\n",
         SAYS(4, "ports[0].advertise: 2001:db8::7 stands for no address; allowed: the families that addresses has")},
    };
    VERDICTS_HOLD(rows);
}

static void ports_differ(void)
{
    static const struct verdict rows[] = {
        {BEGIN "- device: net_tap1\n  addresses: [10.7.0.3/24]\n", NULL},
        {BEGIN "- device: net_tap0,mac=fixed\n  addresses: [10.7.0.3/24]\n",
         SAYS(4, "ports[1].device: net_tap0 is the device of ports[0] too; allowed: each once")},
        {BEGIN "- device: net_tap1\n  addresses: [10.7.0.2/16]\n",
         SAYS(5, "ports[1].addresses: 10.7.0.2 is an address of ports[0] too; allowed: each once")},
    };
    VERDICTS_HOLD(rows);
}

static void the_device_can_do_what_is_asked(void)
{
    static const struct verdict rows[] = {
        {BEGIN "  reply-to-sender-mac: true\n",
         SAYS(4,
              "ports[0].reply-to-sender-mac: the device is not shared with the kernel; allowed: false, or a net_af_xdp "
              "device")},
        {"ports: [{device: 'net_af_xdp0,iface=eth0', addresses: [10.7.0.2/24], reply-to-sender-mac: true}]", NULL},
        {BEGIN "  mtu: 1279\n",
         SAYS(4, "ports[0].mtu: 1279 is too small for IPv6 (RFC 8200 5); allowed: 1280 to 9000")},
        {BEGIN_IP4 "  mtu: 576\n", NULL},
    };
    VERDICTS_HOLD(rows);
}

void check_ports_suite(void)
{
    CU_pSuite suite = CU_add_suite("check_ports", NULL, NULL);
    CU_ADD_TEST(suite, a_port_needs_a_device_and_an_address);
    CU_ADD_TEST(suite, addresses_are_hosts);
    CU_ADD_TEST(suite, gateways_are_on_the_link);
    CU_ADD_TEST(suite, advertised_addresses_stand_for_own_ones);
    CU_ADD_TEST(suite, ports_differ);
    CU_ADD_TEST(suite, the_device_can_do_what_is_asked);
}
