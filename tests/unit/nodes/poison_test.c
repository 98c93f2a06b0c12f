// SPDX-License-Identifier: Apache-2.0
// poison: proves that a session that two crashed workers had named is not installed any more, and that nobody else is
// touched: not by a process that was killed from outside, nor by a crash that names nobody.
#include "media.h"
#include "nodes_suites.h"
#include "poison.h"

#include <CUnit/CUnit.h>

static struct rtp_packet got;

// The process dies at work on that transport (1 more than its index, 0: none), by a fault of its own or not.
static void die(uint32_t works_on, bool crashed)
{
    struct worker_state *state = tables_worker_state(&gateway.dataplane, 0);
    gateway_settle();
    state->works_on = works_on;
    state->crashed = crashed;
    gateway_restart();
    gateway_walk();
    gateway_walk();
}

static bool is_installed(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].generation != 0;
}

static unsigned quarantine_events(const struct peer *peer)
{
    struct ring_message message;
    unsigned count = 0;
    while (ring_pop(tables_ring(&gateway.control, 0, RING_EVENT), gateway.control.limits.ring_slots, &message))
        count += message.kind == EVENT_QUARANTINED && message.transport == peer->transport;
    return count;
}

static void two_crashes_of_its_own_end_a_session(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    die(publisher.transport + 1, true);
    CU_ASSERT(is_installed(&publisher));
    CU_ASSERT_EQUAL(quarantine_events(&publisher), 0);
    die(publisher.transport + 1, true);
    CU_ASSERT_FALSE(is_installed(&publisher));
    CU_ASSERT(is_installed(&viewer));
    CU_ASSERT(quarantine_events(&publisher) > 0);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void nobody_is_blamed_for_another_death(void)
{
    static const struct {
        uint32_t works_on;
        bool crashed;
    } rows[] = {{1, false}, {0, true}, {UINT32_MAX, true}, {3, true}};
    for (size_t row = 0; row < RTE_DIM(rows); row++) {
        struct peer publisher, viewer;
        gateway_open(1);
        media_pair(&publisher, &viewer, media_suites[0]);
        for (unsigned i = 0; i < 3; i++)
            die(rows[row].works_on, rows[row].crashed);
        CU_ASSERT(is_installed(&publisher) && is_installed(&viewer));
        media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
        CU_ASSERT(media_take(&viewer, &got));
        media_close(&publisher, &viewer);
    }
}

static void the_next_session_of_the_record_starts_afresh(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    die(peer.transport + 1, true);
    die(peer.transport + 1, true);
    CU_ASSERT_FALSE(is_installed(&peer));
    peer.intent.generation++;
    peer_publish(&peer);
    gateway_settle();
    CU_ASSERT(is_installed(&peer));
    die(peer.transport + 1, true);
    CU_ASSERT(is_installed(&peer));
    peer_close(&peer);
    gateway_close();
}

static void a_worker_at_work_says_on_whom(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(tables_worker_state(&gateway.dataplane, 0)->works_on, 0); // between packets: on nobody
    media_close(&publisher, &viewer);
}

// The thread that watches looks at a worker that hangs, or has not begun.
static bool is_noted(clockid_t cpu_clock)
{
    struct worker *worker = gateway.workers[0];
    struct poison_look look = {.loops = false};
    clockid_t own = worker->cpu_clock;
    worker->cpu_clock = cpu_clock;
    worker->state->heartbeat = 0;
    worker->state->crashed = 0;
    poison_watch_loop(worker, &look, 1000000000, 1);
    worker->cpu_clock = own;
    bool noted = worker->state->crashed;
    worker->state->crashed = 0;
    return noted;
}

static void a_worker_that_has_not_begun_loops_not(void)
{
    gateway_open(1);
    CU_ASSERT(is_noted(gateway.workers[0]->cpu_clock));
    CU_ASSERT_FALSE(is_noted(0)); // which CLOCK_REALTIME is, too
    gateway_close();
}

void poison_suite(void)
{
    CU_pSuite suite = CU_add_suite("poison", NULL, NULL);
    CU_add_test(suite, "two crashes of its own end a session", two_crashes_of_its_own_end_a_session);
    CU_add_test(suite, "nobody is blamed for another death", nobody_is_blamed_for_another_death);
    CU_add_test(suite, "the next session of the record starts afresh", the_next_session_of_the_record_starts_afresh);
    CU_add_test(suite, "a worker that has not begun does not loop", a_worker_that_has_not_begun_loops_not);
    CU_add_test(suite, "a worker between packets works on nobody", a_worker_at_work_says_on_whom);
}
