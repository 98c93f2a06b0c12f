// SPDX-License-Identifier: Apache-2.0
// A dataplane that was killed: proves that its successor goes on from the segments with the same paths, keys and
// counters, and that no index is ever used twice.
#include "install.h"
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

static void media_goes_on_without_a_new_handshake(void)
{
    for (size_t suite = 0; suite < RTE_DIM(media_suites); suite++) {
        struct peer publisher, viewer;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[suite]);
        // Beyond the first rollover, so that a lost ROC would show.
        for (uint32_t index = 0x7000; index < 0x19000; index += 0x6000)
            media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = (uint16_t)index});
        uint16_t last = 0;
        while (media_take(&viewer, &got))
            last = got.header.sequence;
        gateway_settle();
        gateway_restart();
        gateway_walk();
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 0x9001});
        CU_ASSERT_FATAL(media_take(&viewer, &got));
        uint16_t jump = (uint16_t)(got.header.sequence - last);
        CU_ASSERT(jump > 64 && jump < 1 << 14); // index safety
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 0x9002});
        CU_ASSERT(media_take(&viewer, &got) && got.header.sequence == (uint16_t)(last + jump + 1));
        media_close(&publisher, &viewer);
    }
}

static void a_replay_of_the_old_process_is_still_one(void)
{
    static uint8_t data[FRAME_MAX];
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 5}, data);
    peer_send(&publisher, data, size);
    gateway_settle();
    gateway_restart();
    gateway_walk();
    peer_send(&publisher, data, size);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_SRTP_UNPROTECT_REPLAYED), 1);
    media_close(&publisher, &viewer);
}

// The first packet after the restart is one that was late: its number must not fall on one that was used.
static void no_index_is_used_twice_even_when_packets_come_late(void)
{
    static const uint16_t late_by[] = {1, 63, 64, 65, 100, 150};
    static uint8_t late[FRAME_MAX], used[65536];
    for (size_t row = 0; row < RTE_DIM(late_by); row++) {
        struct peer publisher, viewer;
        size_t late_size = 0;
        unsigned twice = 0;
        memset(used, 0, sizeof(used));
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[1]);
        for (uint16_t sequence = 1000; sequence < 1200; sequence++) {
            struct rtp_plan plan = {.ssrc = 0x1000, .sequence = sequence};
            if (sequence == 1199 - late_by[row])
                late_size = media_write(&publisher, &plan, late);
            else
                media_send(&publisher, &plan);
            while (media_take(&viewer, &got))
                twice += used[got.header.sequence]++;
        }
        gateway_settle();
        gateway_restart();
        gateway_walk();
        peer_send(&publisher, late, late_size);
        gateway_walk();
        for (uint16_t sequence = 1200; sequence < 1400; sequence++) {
            media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = sequence});
            while (media_take(&viewer, &got))
                twice += used[got.header.sequence]++;
        }
        CU_ASSERT_EQUAL(twice, 0);
        media_close(&publisher, &viewer);
    }
}

static void rtcp_goes_on_a_margin_ahead(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    struct transport_state *state = tables_transport_state(&gateway.control, publisher.transport);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    gateway_settle();
    CU_ASSERT(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI) > 0);
    uint32_t before = state->srtcp_index;
    CU_ASSERT(before > 0);
    gateway_restart();
    gateway_walk();
    CU_ASSERT_EQUAL(state->srtcp_index, before + 64);
    gateway_advance(1000);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    gateway_settle();
    CU_ASSERT(rtcp_count(&publisher, RTCP_PSFB, RTCP_PLI) > 0); // libsrtp2 takes it: no replay
    media_close(&publisher, &viewer);
}

static void what_was_proven_stays_proven_and_what_is_counted_is_not_doubled(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    for (int i = 0; i < 3; i++) {
        gateway_restart();
        gateway_walk();
        CU_ASSERT_EQUAL(gateway.entries.transports[0].selected, 0);
        CU_ASSERT_EQUAL(gateway.entries.transports[1].selected, 0);
        CU_ASSERT_EQUAL(gateway.workers[0]->state->transports, 2);
    }
    media_close(&publisher, &viewer);
}

static bool is_installed(uint32_t transport)
{
    return gateway.workers[0]->installed[transport / 64] >> transport % 64 & 1;
}

// A large gateway takes seconds to install; those who speak do not wait for those who are silent.
static void who_was_heard_lately_comes_first(void)
{
    static const struct {
        uint64_t silent_ms[2]; // publisher, viewer; 0: never heard
        int first;             // of the two to be installed
    } rows[] = {{{0, 10}, 1}, {{10, 0}, 0}, {{14000, 16000}, 0}, {{16000, 14000}, 1}, {{16000, 0}, 0}, {{0, 0}, 0}};
    for (size_t row = 0; row < RTE_DIM(rows); row++) {
        struct peer publisher, viewer;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[0]);
        gateway_advance(20000);
        const uint32_t transports[] = {publisher.transport, viewer.transport};
        for (unsigned i = 0; i < 2; i++)
            atomic_store(&tables_transport_state(&gateway.dataplane, transports[i])->last_received,
                         rows[row].silent_ms[i] ? gateway.now - rows[row].silent_ms[i] * MILLISECOND : 0);
        gateway_restart();
        CU_ASSERT(install_takeover(gateway.workers[0], 1));
        CU_ASSERT(is_installed(transports[rows[row].first]));
        CU_ASSERT(!is_installed(transports[!rows[row].first]));
        gateway_walk();
        CU_ASSERT(is_installed(0) && is_installed(1));
        CU_ASSERT(!install_takeover(gateway.workers[0], 1));
        media_close(&publisher, &viewer);
    }
}

static bool is_selected(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].selected != ENTRY_NO_PATH;
}

static void fire(const struct peer *peer)
{
    gateway_fire(peer->transport);
    gateway_walk();
    gateway_walk();
}

// A dataplane that was away could not be answered: its peers are asked before their consent is over.
static void an_absence_is_not_held_against_the_peers(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    gateway_settle();
    for (int absence = 0; absence < 3; absence++) {
        forget_datagrams();
        gateway_advance(40000);
        gateway_restart();
        frames_introduce(peer.host);
        gateway_walk();
        fire(&peer);
        CU_ASSERT(is_selected(&peer));
    }
    CU_ASSERT(peer_answer_check(&peer));
    gateway_advance(29000);
    fire(&peer);
    CU_ASSERT(is_selected(&peer));
    gateway_restart();
    gateway_walk();
    forget_datagrams();
    gateway_advance(5100); // and no longer than that
    fire(&peer);
    CU_ASSERT_FALSE(is_selected(&peer));
    forget_datagrams();
    peer_close(&peer);
    gateway_close();
}

// The first one may meet a next hop that is not resolved yet, and the process may not live for five seconds.
static void peers_are_asked_again_soon_until_one_answer_comes(void)
{
    struct datagram datagram;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    gateway_settle();
    gateway_restart();
    gateway_walk();
    for (int i = 0; i < 3; i++) {
        fire(&peer);
        CU_ASSERT_EQUAL(peer_take(&peer, &datagram), true);
        fire(&peer);
        CU_ASSERT_EQUAL(peer_take(&peer, &datagram), false);
        gateway_advance(250);
    }
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer));
    gateway_advance(4000);
    fire(&peer);
    CU_ASSERT_EQUAL(peer_take(&peer, &datagram), false); // RFC 7675 5.1
    gateway_advance(1000);
    fire(&peer);
    CU_ASSERT_EQUAL(peer_take(&peer, &datagram), true);
    peer_close(&peer);
    gateway_close();
}

static void what_the_killed_process_held_has_a_name(void)
{
    static uint8_t data[FRAME_MAX];
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_watch(&viewer, 1, &publisher, 0, 0x2001);
    gateway_settle();
    for (uint16_t i = 1; i <= 3; i++)
        peer_queue(&publisher, data, media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = i}, data));
    gateway_walk(); // the next one would free the three plaintexts
    gateway_restart();
    CU_ASSERT(gateway_dropped(DROP_WORKER_KILLED_IN_FLIGHT) >= 3);
    media_close(&publisher, &viewer); // and the balance is exact again
}

void restart_suite(void)
{
    CU_pSuite suite = CU_add_suite("a dataplane that was killed", NULL, NULL);
    CU_ADD_TEST(suite, media_goes_on_without_a_new_handshake);
    CU_ADD_TEST(suite, a_replay_of_the_old_process_is_still_one);
    CU_ADD_TEST(suite, no_index_is_used_twice_even_when_packets_come_late);
    CU_ADD_TEST(suite, rtcp_goes_on_a_margin_ahead);
    CU_ADD_TEST(suite, what_was_proven_stays_proven_and_what_is_counted_is_not_doubled);
    CU_ADD_TEST(suite, who_was_heard_lately_comes_first);
    CU_ADD_TEST(suite, an_absence_is_not_held_against_the_peers);
    CU_ADD_TEST(suite, peers_are_asked_again_soon_until_one_answer_comes);
    CU_ADD_TEST(suite, what_the_killed_process_held_has_a_name);
}
