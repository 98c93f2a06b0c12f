// SPDX-License-Identifier: Apache-2.0
// naru-control is killed and started again: sessions with keys go on, half-done ones end, nothing leaks.
#include "controlplane_suites.h"
#include "packet_index.h"
#include "srtcp.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static void connected_sessions_are_adopted(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewer, half, late;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewer, false, "room", true));
    test_caller_connect(&gateway, &viewer);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &half, false, "room", true));
    uint32_t index = test_gateway_session(&gateway, publisher.id)->record.transport.index;
    struct transport_intent before = test_transport(&gateway, index);
    char fingerprint[DTLS_FINGERPRINT_TEXT];
    strcpy(fingerprint, gateway.control.identity.fingerprint);

    test_gateway_restart(&gateway);
    CU_ASSERT_STRING_EQUAL(gateway.control.identity.fingerprint, fingerprint);
    struct session *adopted = test_gateway_session(&gateway, publisher.id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(adopted);
    CU_ASSERT_EQUAL(adopted->state, SESSION_CONNECTED);
    CU_ASSERT_PTR_NOT_NULL(test_gateway_session(&gateway, viewer.id));
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, half.id));
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 1);
    struct transport_intent after = test_transport(&gateway, index);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof(before)), 0); // the worker notices nothing
    test_gateway_settle(&gateway);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 14);
    CU_ASSERT_EQUAL(gateway.control.intents.routes.count, 14);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 14);

    // The next viewer joins what the predecessor opened.
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &late, false, "room", true));
    test_caller_connect(&gateway, &late);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, late.id)->state, SESSION_CONNECTED);
    CU_ASSERT_EQUAL(test_gateway_delete(&gateway, publisher.id, true), GATEWAY_OK);
    test_gateway_settle(&gateway);
    test_caller_exchange(&gateway, &late);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.routes.count, 16);
    test_caller_close(&publisher);
    test_caller_close(&viewer);
    test_caller_close(&half);
    test_caller_close(&late);
    test_gateway_close(&gateway);
}

static void viewers_of_a_half_done_publisher_end(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, viewer;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewer, false, "room", true));
    test_caller_connect(&gateway, &viewer);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    CU_ASSERT_EQUAL(gateway.control.rooms.count, 0);
    test_caller_exchange(&gateway, &viewer);
    CU_ASSERT_TRUE(viewer.peer.closed); // it heard so from the successor
    test_gateway_settle(&gateway);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.routes.count, 16);
    test_caller_close(&publisher);
    test_caller_close(&viewer);
    test_gateway_close(&gateway);
}

// Killed between "unpublished" and "free": the successor waits for the worker in its place.
static void a_grace_period_goes_on(void)
{
    struct test_gateway gateway;
    struct test_caller publisher;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    gateway.is_deaf = true;
    test_gateway_delete(&gateway, publisher.id, true);
    test_gateway_restart(&gateway);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 15);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 14);
    gateway.is_deaf = false;
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 16);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

static void a_lost_journal_ends_sessions_cleanly(void)
{
    struct test_gateway gateway;
    struct test_caller publisher;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    journal_erase_session(&gateway.control.journal,
                          test_gateway_session(&gateway, publisher.id)->record.transport.index);
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(gateway.control.session_count, 0);
    test_gateway_settle(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.transports.count, 16);
    CU_ASSERT_EQUAL(gateway.control.intents.streams.count, 16);
    test_caller_close(&publisher);
    test_gateway_close(&gateway);
}

// Whose session in "room" was quarantined just now, as a publisher from source 7.
static void come_again(struct test_gateway *gateway)
{
    static const struct {
        const char *room;
        uint8_t source;
        bool is_publisher;
        uint64_t later; // seconds
        unsigned retry_after;
    } rows[] = {{"room", 7, true, 0, 300}, {"room", 7, true, 100, 200}, {"third", 7, true, 0, 0},
                {"other", 7, false, 0, 0}, {"room", 7, true, 199, 1},   {"room", 8, true, 0, 0},
                {"room", 7, false, 0, 0}, // as a viewer
                {"fourth", 7, true, 1, 0}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct test_caller caller;
        gateway->now += rows[i].later * TEST_SECOND;
        atomic_store(&gateway->worker.segments[SEGMENT_STATE]->heartbeat, gateway->now);
        gateway->source = rows[i].source;
        CU_ASSERT_EQUAL(test_caller_offer(gateway, &caller, rows[i].is_publisher, rows[i].room, true),
                        rows[i].retry_after == 0);
        if (rows[i].retry_after) {
            CU_ASSERT_EQUAL(gateway->request.status, GATEWAY_TOO_MANY_REQUESTS);
            CU_ASSERT_EQUAL(gateway->request.refusal, REFUSED_QUARANTINED);
            CU_ASSERT_EQUAL(gateway->request.retry_after, rows[i].retry_after);
        }
        test_caller_close(&caller);
    }
    CU_ASSERT_EQUAL(gateway->control.refused[REFUSED_QUARANTINED], 3);
}

// Killed between the table and the notices: nobody else would ever tell the workers.
static void workers_hear_of_a_move_from_the_successor(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    struct shard_intent moved = gateway.control.intents.shards[2];
    moved.worker = 1 - moved.worker;
    moved.moves++;
    for (uint32_t worker = 0; worker < TEST_WORKERS; worker++)
        atomic_store(&tables_dirty(&gateway.worker, worker)->shards[0], 0);
    record_publish(&tables_shard(&gateway.control.tables, 2)->head, &moved, sizeof(moved));
    test_gateway_restart(&gateway);
    CU_ASSERT_EQUAL(gateway.control.intents.shards[2].worker, moved.worker);
    for (uint32_t worker = 0; worker < TEST_WORKERS; worker++)
        CU_ASSERT(atomic_load(&tables_dirty(&gateway.worker, worker)->shards[0]) >> 2 & 1);
    test_gateway_close(&gateway);
}

// An ICE restart was published, and naru-control killed before it said so.
static void workers_hear_of_new_credentials_from_the_successor(void)
{
    struct test_gateway gateway;
    struct test_caller restarted, other;
    test_gateway_open(&gateway);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &restarted, true, "room", true));
    test_caller_connect(&gateway, &restarted);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &other, true, "other", true));
    test_caller_connect(&gateway, &other);
    test_gateway_settle(&gateway);
    uint32_t index = test_gateway_session(&gateway, restarted.id)->record.transport.index, told[TEST_WORKERS];
    struct transport_intent intent = test_transport(&gateway, index);
    strcpy(intent.remote_ufrag, "newer");
    record_publish(&tables_transport(&gateway.control.tables, index)->head, &intent, sizeof(intent));
    test_gateway_restart(&gateway);
    unsigned count = 0;
    for (uint32_t worker = 0; worker < TEST_WORKERS && count < TEST_WORKERS; worker++)
        count += dirty_take(tables_dirty(&gateway.worker, worker), told + count, TEST_WORKERS - count);
    CU_ASSERT_EQUAL_FATAL(count, 1); // of the other one they know all
    CU_ASSERT_EQUAL(told[0], index);
    test_caller_close(&restarted);
    test_caller_close(&other);
    test_gateway_close(&gateway);
}

// The other way round: naru-dataplane crashed twice over a session, whose control may have been another one.
static void a_session_that_crashed_workers_is_ended_by_name(void)
{
    struct test_gateway gateway;
    struct test_caller publisher, other;
    test_gateway_open(&gateway);
    gateway.source = 7;
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
    test_caller_connect(&gateway, &publisher);
    CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &other, true, "other", true));
    test_caller_connect(&gateway, &other);
    struct record_link transport = test_gateway_session(&gateway, publisher.id)->record.transport;
    struct transport_state *state = tables_transport_state(&gateway.worker, transport.index);
    atomic_store(&state->applied_generation, transport.generation);
    atomic_store(&state->crashes, 1);
    control_watch(&gateway.control, gateway.now);
    CU_ASSERT_EQUAL(gateway.control.quarantined, 0);
    atomic_store(&state->crashes, TRANSPORT_CRASHES_MAX);
    test_gateway_restart(&gateway);
    control_watch(&gateway.control, gateway.now);
    struct session *session = test_gateway_session(&gateway, publisher.id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(session); // to be looked at for a while
    CU_ASSERT_EQUAL(session->state, SESSION_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(session->reason, "quarantined"));
    CU_ASSERT_EQUAL(gateway.control.quarantined, 1);
    CU_ASSERT_STRING_EQUAL(gateway.control.last_quarantined, publisher.id);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, other.id)->state, SESSION_CONNECTED);
    test_caller_close(&publisher);
    test_caller_close(&other);
    come_again(&gateway);
    test_gateway_close(&gateway);
}

// Whatever counter of it is near its end; the next handshake brings keys of its own.
static void a_session_ends_before_its_keys_do(void)
{
    enum { RTP, RTX, RTCP, KINDS };
    for (int kind = RTP; kind < KINDS; kind++) {
        struct test_gateway gateway;
        struct test_caller publisher, viewer;
        test_gateway_open(&gateway);
        CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &publisher, true, "room", true));
        test_caller_connect(&gateway, &publisher);
        CU_ASSERT_TRUE_FATAL(test_caller_offer(&gateway, &viewer, false, "room", true));
        test_caller_connect(&gateway, &viewer);
        const struct journal_session *record = &test_gateway_session(&gateway, viewer.id)->record;
        struct transport_state *transport = tables_transport_state(&gateway.worker, record->transport.index);
        struct route_state *route = tables_route_state(&gateway.worker, record->sections[0].link.index);
        atomic_store(&transport->applied_generation, record->transport.generation);
        atomic_store(&route->generation, record->sections[0].link.generation);
        atomic_store(&transport->srtcp_index, SRTCP_INDEX_MAX - 1000000);
        atomic_store(&route->highest_index, SRTP_INDEX_MAX - 100000000);
        control_watch(&gateway.control, gateway.now);
        CU_ASSERT_PTR_NOT_NULL_FATAL(test_gateway_session(&gateway, viewer.id));
        if (kind == RTCP)
            atomic_store(&transport->srtcp_index, SRTCP_INDEX_MAX - 1000);
        else
            atomic_store(kind == RTP ? &route->highest_index : &route->rtx_next_index, SRTP_INDEX_MAX - 1000);
        control_watch(&gateway.control, gateway.now);
        test_caller_exchange(&gateway, &viewer);
        CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, viewer.id));
        CU_ASSERT_TRUE(viewer.peer.closed);
        CU_ASSERT_PTR_NOT_NULL(test_gateway_session(&gateway, publisher.id));
        test_caller_close(&publisher);
        test_caller_close(&viewer);
        test_gateway_close(&gateway);
    }
}

void recovery_suite(void)
{
    CU_pSuite suite = CU_add_suite("recover", NULL, NULL);
    CU_add_test(suite, "connected sessions are adopted, the next viewer joins", connected_sessions_are_adopted);
    CU_add_test(suite, "viewers of a half-done publisher end", viewers_of_a_half_done_publisher_end);
    CU_add_test(suite, "a grace period goes on", a_grace_period_goes_on);
    CU_add_test(suite, "a session that crashed workers is ended by name",
                a_session_that_crashed_workers_is_ended_by_name);
    CU_add_test(suite, "workers hear of a move from the successor", workers_hear_of_a_move_from_the_successor);
    CU_add_test(suite, "workers hear of new credentials from the successor",
                workers_hear_of_new_credentials_from_the_successor);
    CU_add_test(suite, "a session ends before its keys do", a_session_ends_before_its_keys_do);
    CU_add_test(suite, "a lost journal ends sessions cleanly", a_lost_journal_ends_sessions_cleanly);
}
