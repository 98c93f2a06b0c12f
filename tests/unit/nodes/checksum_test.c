// SPDX-License-Identifier: Apache-2.0
// UDP checksums by the device: proves that a sum is left to a device that makes it, with the pseudo-header's part in
// place, and that the verdict of a device that checks is believed. The software path is what all other tests take.
#include "nodes_suites.h"
#include "peer.h"

#include <CUnit/CUnit.h>

#include "bytes.h"

#define IP4_UDP (ETHERNET_SIZE + IP4_SIZE)
#define IP6_UDP (ETHERNET_SIZE + IP6_SIZE)
#define SUM     6 // of UDP's header

// What the device does: the sum over header and payload, whose field holds the pseudo-header's part (RFC 1071).
static void finish_sum(struct frame *frame, unsigned udp)
{
    uint16_t sum = (uint16_t)~sum_of(frame->bytes + udp, bytes_get16(frame->bytes + udp + 4), 0);
    bytes_put16(frame->bytes + udp + SUM, sum ? sum : 0xffff);
}

static bool take_udp(unsigned udp, struct frame *frame)
{
    while (gateway_take(PORT_PLAIN, frame))
        if (frame->size > udp + UDP_SIZE && bytes_get16(frame->bytes + 12) == (udp == IP4_UDP ? 0x0800 : 0x86dd))
            return true;
    return false;
}

static void the_device_finishes_the_sum(void)
{
    static struct frame frame;
    static struct datagram datagram;
    for (int family = 0; family < 2; family++) {
        unsigned udp = family ? IP6_UDP : IP4_UDP;
        struct peer peer;
        uint8_t check[512];
        gateway_open(1);
        peer_open(&peer, 0, 0);
        if (family) {
            peer.address = host6(peer.host, 5000);
            peer.gateway = our6(peer.gateway.port);
        }
        forget_datagrams();
        ports_get(PORT_PLAIN)->checksum_tx = true;
        peer_queue(&peer, check, peer_write_check(&peer, 0, check));
        gateway_walk();
        CU_ASSERT_FATAL(take_udp(udp, &frame));
        CU_ASSERT_EQUAL(gateway.sent_flags & RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_UDP_CKSUM);
        CU_ASSERT_NOT_EQUAL(gateway.sent_flags & (family ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4), 0);
        finish_sum(&frame, udp);
        CU_ASSERT(frame_read_udp(&frame, &datagram));
        ports_get(PORT_PLAIN)->checksum_tx = false;
        gateway_close();
    }
}

static const struct {
    const char *what;
    bool device_checks, trusted;
    uint64_t flags;
    bool wrong; // the sum in the packet
    bool dropped;
} rows[] = {
    {"software finds a wrong sum", false, false, 0, true, true},
    {"software passes a right one", false, false, 0, false, false},
    {"the device found it wrong", true, false, RTE_MBUF_F_RX_L4_CKSUM_BAD, false, true},
    {"the device found it right", true, false, RTE_MBUF_F_RX_L4_CKSUM_GOOD, true, false},
    {"the device cannot tell: software looks", true, false, RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, true, true},
    {"a verdict that was not asked for is not believed", false, false, RTE_MBUF_F_RX_L4_CKSUM_GOOD, true, true},
    {"sums of local senders are partial: configured to trust", false, true, 0, true, false},
};

static void each_verdict_is_taken_as_it_should(void)
{
    static struct frame frame;
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        struct port *port = ports_get(PORT_PLAIN);
        struct peer peer;
        uint8_t check[512];
        gateway_open(1);
        peer_open(&peer, 0, 0);
        frame_udp(&frame, peer.host, &peer.address, &peer.gateway, check, peer_write_check(&peer, 0, check));
        frame.bytes[IP4_UDP + SUM] ^= rows[i].wrong;
        port->checksum_rx = rows[i].device_checks;
        port->trust_checksum = rows[i].trusted;
        gateway.receive_flags = rows[i].flags;
        gateway_receive(PORT_PLAIN, 0, &frame);
        gateway_walk();
        CU_ASSERT_EQUAL(gateway_dropped(DROP_UDP_CLASSIFY_BAD_CHECKSUM), rows[i].dropped);
        if (gateway_dropped(DROP_UDP_CLASSIFY_BAD_CHECKSUM) != rows[i].dropped)
            printf("  %s\n", rows[i].what);
        port->checksum_rx = port->trust_checksum = false;
        gateway.receive_flags = 0;
        gateway_close();
    }
}

void checksum_suite(void)
{
    CU_pSuite suite = CU_add_suite("UDP checksums", NULL, NULL);
    CU_ADD_TEST(suite, the_device_finishes_the_sum);
    CU_ADD_TEST(suite, each_verdict_is_taken_as_it_should);
}
