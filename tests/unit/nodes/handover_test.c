// SPDX-License-Identifier: Apache-2.0
// dataplane/handover.c: proves that a shard has one owner or none, that packets which come while it moves wait for it,
// and that the numbers of its streams go on without a gap.
#include "media.h"
#include "moves.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

static void queue_packet(struct peer *publisher, uint16_t sequence)
{
    uint8_t data[FRAME_MAX];
    size_t size = media_write(publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence}, data);
    peer_queue(publisher, data, size);
}

static void take_in_order(struct peer *viewer, unsigned *received, uint16_t *expected)
{
    for (; media_take(viewer, &got); ++*received) {
        if (*received)
            CU_ASSERT_EQUAL(got.header.sequence, *expected);
        *expected = (uint16_t)(got.header.sequence + 1);
    }
}

static void nothing_is_lost_and_no_number_skipped_while_a_shard_goes_to_and_fro(void)
{
    struct peer publisher, viewer;
    uint16_t sent = 100, expected = 0;
    unsigned received = 0;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (unsigned move = 0; move < 20; move++) {
        queue_packet(&publisher, sent++);
        move_order(0, (move + 1) % 2);
        for (unsigned walk = 0; walk < 8; walk++) {
            queue_packet(&publisher, sent++);
            gateway_advance(1);
            gateway_walk();
            CU_ASSERT(move_owners(0) <= 1);
            take_in_order(&viewer, &received, &expected);
        }
        gateway_settle();
        take_in_order(&viewer, &received, &expected);
        CU_ASSERT(move_has_ended(0));
        CU_ASSERT_EQUAL(gateway.workers[(move + 1) % 2]->shards.phase[0], SHARD_OWNED);
        CU_ASSERT_EQUAL(gateway.workers[(move + 1) % 2]->state->transports, 2);
        CU_ASSERT_EQUAL(gateway.workers[move % 2]->state->transports, 0);
    }
    CU_ASSERT_EQUAL(received, sent - 100);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_HANDOVER_LATE), 0);
    media_close(&publisher, &viewer);
}

static void checks_and_changes_find_the_new_owner(void)
{
    struct peer publisher, viewer;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[1]);
    move_order(0, 1);
    peer_publish(&viewer); // told to its first owner, whoever has the shard by now
    peer_check(&publisher, 0);
    for (unsigned walk = 0; walk < 6; walk++) {
        gateway_advance(1);
        gateway_walk();
    }
    CU_ASSERT(move_has_ended(0));
    struct datagram datagram;
    CU_ASSERT(peer_take(&publisher, &datagram)); // the answer
    uint64_t version = atomic_load(&tables_transport(&gateway.control, viewer.transport)->head.version);
    CU_ASSERT_EQUAL(atomic_load(&tables_transport_state(&gateway.control, viewer.transport)->applied_version), version);
    forget_datagrams();
    media_close(&publisher, &viewer);
}

static void a_killed_dataplane_goes_on_by_the_table(void)
{
    struct peer publisher, viewer;
    gateway_open(2);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(&viewer, &got));
    uint16_t before = got.header.sequence;
    move_order(0, 1);
    gateway_walk(); // one leaves, the other waits
    gateway_restart();
    gateway_settle();
    CU_ASSERT(move_has_ended(0));
    CU_ASSERT_EQUAL(move_owners(0), 1);
    CU_ASSERT_EQUAL(gateway.workers[1]->shards.phase[0], SHARD_OWNED);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    gateway_settle();
    CU_ASSERT(media_take(&viewer, &got));
    CU_ASSERT((uint16_t)(got.header.sequence - before) > 1); // the margin: no index comes twice
    media_close(&publisher, &viewer);
}

void handover_suite(void)
{
    CU_pSuite suite = CU_add_suite("handover", NULL, NULL);
    CU_add_test(suite, "nothing is lost and no number skipped while a shard goes to and fro",
                nothing_is_lost_and_no_number_skipped_while_a_shard_goes_to_and_fro);
    CU_add_test(suite, "checks and changes find the new owner", checks_and_changes_find_the_new_owner);
    CU_add_test(suite, "a killed dataplane goes on by the table", a_killed_dataplane_goes_on_by_the_table);
}
