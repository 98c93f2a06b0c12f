// SPDX-License-Identifier: Apache-2.0
// Proves: which interface a device string stands on, and what the kernel's side is called.
#include "embedded_device.h"
#include "suites.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void test_parse(void)
{
    static const struct {
        const char *device;
        enum device_kind kind;
        const char *interface;
    } rows[] = {
        {"net_af_xdp0,iface=naru1,busy_budget=0", DEVICE_AF_XDP, "naru1"},
        {"net_af_xdp12,busy_budget=0,iface=eth0", DEVICE_AF_XDP, "eth0"},
        {"net_af_packet0,iface=naru1", DEVICE_AF_PACKET, "naru1"},
        {"net_tap0,iface=naru0,mac=02:00:00:00:00:01", DEVICE_TAP, "naru0"},
        {"net_tap0", DEVICE_TAP, ""},
        {"net_af_xdp0,iface=", DEVICE_AF_XDP, ""},
        {"net_af_xdp0,iface=sixteen-letters-", DEVICE_AF_XDP, ""},
        {"net_af_xdp0,iface=fifteen-letters", DEVICE_AF_XDP, "fifteen-letters"},
        {"0000:03:00.0", DEVICE_OTHER, ""},
        {"net_memif0,iface=naru1", DEVICE_OTHER, ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char interface[IF_NAMESIZE];
        CU_ASSERT_EQUAL(embedded_device_parse(rows[i].device, interface), rows[i].kind);
        CU_ASSERT_STRING_EQUAL(interface, rows[i].interface);
    }
}

static void test_peer(void)
{
    static const struct {
        const char *interface, *peer; // NULL: refused
    } rows[] = {
        {"naru1", "naru0"},
        {"naru3", "naru2"},
        {"naru0", "naru0k"},
        {"media", "mediak"},
        {"fourteen-chars", "fourteen-charsk"},
        {"fifteen-letters", NULL},
        {"fifteen-number9", "fifteen-number8"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char peer[IF_NAMESIZE];
        CU_ASSERT_EQUAL(embedded_device_peer(rows[i].interface, peer) == 0, rows[i].peer != NULL);
        if (rows[i].peer)
            CU_ASSERT_STRING_EQUAL(peer, rows[i].peer);
    }
}

void embedded_device_suite(void)
{
    CU_pSuite suite = CU_add_suite("embedded device", NULL, NULL);
    CU_add_test(suite, "device strings", test_parse);
    CU_add_test(suite, "names of the kernel's side", test_peer);
}
