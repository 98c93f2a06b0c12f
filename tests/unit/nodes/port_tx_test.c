// SPDX-License-Identifier: Apache-2.0
// port_tx: proves that a worker whose epoch was taken back sends nothing, and accounts for what it held.
#include "fence.h"
#include "frames.h"
#include "nodes_suites.h"
#include "peer.h"

#include <CUnit/CUnit.h>

#include "bytes.h"

#define HOST 30

// Answered at once: an ARP request for the port's address.
static void receive_question(void)
{
    static const uint8_t everyone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static struct frame frame;
    uint8_t data[28] = {0, 1, 8, 0, 6, 4, 0, 1};
    struct transport_address sender = host4(HOST, 0), target = host4(1, 0);
    host_mac(HOST, data + 8);
    memcpy(data + 14, sender.ip + 12, 4);
    memcpy(data + 24, target.ip + 12, 4);
    frame_ethernet(&frame, everyone, HOST, 0x0806);
    frame_append(&frame, data, sizeof(data));
    gateway_receive(PORT_PLAIN, 0, &frame);
    gateway_walk();
}

static void a_stale_epoch_sends_nothing(void)
{
    static struct frame answer;
    gateway_open(1);
    _Atomic uint64_t *epoch = &gateway.dataplane.segments[SEGMENT_INTENT]->reader_epoch;
    uint64_t own = atomic_load(epoch);
    receive_question();
    CU_ASSERT(gateway_take(PORT_PLAIN, &answer));
    while (gateway_take(PORT_PLAIN, &answer)) // what else a fresh worker asks its link
        ;
    // The view of the dataplane is for reading only: naru-supervise writes here.
    atomic_store(&gateway.control.segments[SEGMENT_INTENT]->reader_epoch, own + 1);
    receive_question();
    CU_ASSERT_FALSE(gateway_take(PORT_PLAIN, &answer));
    CU_ASSERT(gateway_dropped(DROP_PORT_TX_FENCED) >= 1);
    CU_ASSERT(worker_is_fenced(gateway.workers[0]));
    atomic_store(&gateway.control.segments[SEGMENT_INTENT]->reader_epoch, own);
    receive_question();
    CU_ASSERT(gateway_take(PORT_PLAIN, &answer));
    while (gateway_take(PORT_PLAIN, &answer))
        ;
    gateway_close();
}

void port_tx_suite(void)
{
    CU_pSuite suite = CU_add_suite("port_tx", NULL, NULL);
    CU_ADD_TEST(suite, a_stale_epoch_sends_nothing);
}
