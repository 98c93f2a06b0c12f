// SPDX-License-Identifier: Apache-2.0
// Full ICE of sessions: when this gateway is a full agent, what it says then, what reaches the worker and what that
// tells.
#include "connectivity.h"
#include "controlplane_suites.h"
#include "peer_caller.h"
#include "stun.h"
#include "test_gateway.h"

#include <CUnit/CUnit.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECOND (TEST_SECOND / 1000)
#define FINGERPRINT "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB"

static const char some[] = "a=candidate:1 1 udp 2122194687 0b6b8f2e-4c8b-4a4e-9d6d-6a3b7f2f5a10.local 41000 typ "
                           "host\r\n"
                           "a=candidate:2 1 udp 2122194686 10.7.0.9 5000 typ host\r\n"
                           "a=candidate:3 1 udp 2122194685 127.0.0.1 5000 typ host\r\n"
                           "a=candidate:4 1 tcp 1518214911 10.7.0.9 9 typ host tcptype active\r\n";

// The caller of a WHIP or WHEP session; its candidates are as given.
static char *make_offer(bool receives, bool is_lite, const char *candidates)
{
    const struct test_offer with = {
        .receives = receives, .fingerprint = FINGERPRINT, .setup = "actpass", .ufrag = "them", .video = "VP8/90000"};
    char *plain = test_offer_make(&with), *text = malloc(strlen(plain) + 1024);
    char *media = strstr(plain, "m=audio"), *next = strstr(plain, "m=video");
    sprintf(text, "%.*s%s%.*s%s%s", (int)(media - plain), plain, is_lite ? "a=ice-lite\r\n" : "", (int)(next - media),
            media, candidates, next);
    free(plain);
    return text;
}

// The next order of the kind to the worker; false: none.
static bool take_order(struct test_gateway *gateway, enum inject_kind kind, struct ring_message *ret_order)
{
    for (uint32_t worker = 0; worker < TEST_WORKERS; worker++)
        while (ring_pop(tables_ring(&gateway->worker, worker, RING_INJECT_HANDSHAKE), gateway->worker.limits.ring_slots,
                        ret_order))
            if (ret_order->kind == kind)
                return true;
    return false;
}

static void tell(struct test_gateway *gateway, const struct ring_message *check, enum event_kind kind, uint64_t value)
{
    struct ring_message event = *check;
    event.kind = (uint16_t)kind;
    event.value = value;
    event.length = 0;
    if (kind == EVENT_CHECK_ANSWERED) {
        memcpy(event.data, check->data + 8, 12);
        event.length = 12;
    }
    CU_ASSERT_EQUAL(ring_push(tables_ring(&gateway->worker, 0, RING_EVENT), gateway->worker.limits.ring_slots, &event),
                    0);
    control_receive(&gateway->control, gateway->now);
}

static void advance(struct test_gateway *gateway, unsigned milliseconds)
{
    for (unsigned i = 0; i < milliseconds; i += 20) {
        gateway->now += 20 * MILLISECOND;
        control_tick(&gateway->control, gateway->now);
    }
}

static bool take_check(struct test_gateway *gateway, const struct session *session, struct ring_message *ret_order,
                       struct stun_message *ret_message)
{
    uint8_t tag[20];
    if (!take_order(gateway, INJECT_CHECK, ret_order))
        return false;
    const struct transport_intent intent = test_transport(gateway, session->record.transport.index);
    CU_ASSERT_FATAL(stun_parse(ret_order->data, ret_order->length, ret_message) > 0);
    CU_ASSERT(stun_check_fingerprint(ret_order->data, ret_message));
    stun_set_length(ret_order->data, ret_message->integrity_length);
    HMAC(EVP_sha1(), intent.remote_pwd, (int)strlen(intent.remote_pwd), ret_order->data, ret_message->integrity_size,
         tag, NULL);
    stun_set_length(ret_order->data, (uint16_t)(ret_message->size - 20));
    CU_ASSERT_EQUAL(memcmp(tag, ret_order->data + ret_message->attributes[STUN_MESSAGE_INTEGRITY].offset, sizeof(tag)),
                    0);
    uint32_t index;
    memcpy(&index, ret_message->transaction_id, sizeof(index));
    CU_ASSERT_EQUAL(index, session->record.transport.index);
    return true;
}

static struct session *publish(struct test_gateway *gateway, bool is_lite)
{
    CU_ASSERT_EQUAL_FATAL(test_gateway_ask(gateway, GATEWAY_PUBLISH, "room", make_offer(false, is_lite, some)),
                          GATEWAY_OK);
    struct session *session = test_gateway_session(gateway, gateway->request.id);
    test_gateway_acknowledge(gateway);
    return session;
}

// As the worker tells: both are proven, and the first or the second is in use.
static void show_paths(struct test_gateway *gateway, const struct session *session, const struct ring_message *first,
                       uint32_t selected)
{
    const struct record_link link = session->record.transport;
    struct transport_path path = {.generation = link.generation, .selected = selected};
    for (unsigned i = 0; i < 2; i++)
        path.candidates[i] = (struct transport_candidate){
            .remote = first->remote, .local = first->local, .flags = CANDIDATE_CHECKED | CANDIDATE_PROVEN};
    path.candidates[1].remote.port++;
    record_publish(&tables_transport_state(&gateway->worker, link.index)->path.head, &path, sizeof(path));
}

// RFC 8445 6.1.1: rows of who is what.
static void the_full_side_controls_and_both_full_the_offerer(void)
{
    static const struct {
        bool we_are_lite, they_are_lite, says_lite, is_full, is_controlling;
    } rows[] = {
        {true, false, true, false, false},
        {true, true, false, true, true},
        {false, false, false, true, false},
        {false, true, false, true, true},
    };
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct test_gateway gateway;
        struct ring_message order;
        test_gateway_open(&gateway);
        gateway.config->ice.lite = rows[i].we_are_lite;
        struct session *session = publish(&gateway, rows[i].they_are_lite);
        struct transport_intent intent = test_transport(&gateway, session->record.transport.index);
        CU_ASSERT_EQUAL(strstr(gateway.request.sdp, "a=ice-lite") != NULL, rows[i].says_lite);
        CU_ASSERT_PTR_NOT_NULL(strstr(gateway.request.sdp, "a=ice-options:trickle ice2"));
        CU_ASSERT_EQUAL(intent.mode, rows[i].is_full ? TRANSPORT_ICE_FULL : TRANSPORT_ICE_LITE);
        CU_ASSERT_EQUAL(intent.is_controlling, rows[i].is_controlling);
        CU_ASSERT_EQUAL(take_order(&gateway, INJECT_CHECK, &order), rows[i].is_full);
        CU_ASSERT_EQUAL(session->state, rows[i].is_full ? SESSION_CONNECTING : SESSION_NEW);
        test_gateway_close(&gateway);
    }
}

// A name, loopback and TCP are passed over: one address is left to ask.
static void a_lite_peer_is_asked_and_nominated(void)
{
    struct test_gateway gateway;
    struct ring_message check, order;
    struct stun_message message;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    CU_ASSERT_EQUAL(session->remote_candidates, 4);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    CU_ASSERT(stun_has(&message, STUN_ICE_CONTROLLING) && !stun_has(&message, STUN_USE_CANDIDATE));
    CU_ASSERT_EQUAL(check.remote.port, 5000);
    CU_ASSERT_EQUAL(check.local.port, shard_ice_port(&gateway.control.tables.limits, session->record.shard));
    advance(&gateway, 400);
    CU_ASSERT_FALSE(take_order(&gateway, INJECT_CHECK, &order));
    tell(&gateway, &check, EVENT_CHECK_ANSWERED, 0);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_PATH, &order));
    CU_ASSERT(order.value == 0 && transport_address_equal(&order.remote, &check.remote));
    advance(&gateway, 60);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    CU_ASSERT(stun_has(&message, STUN_USE_CANDIDATE));
    tell(&gateway, &check, EVENT_CHECK_ANSWERED, 0);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_PATH, &order));
    CU_ASSERT_EQUAL(order.value, 1);
    show_paths(&gateway, session, &order, 0);
    advance(&gateway, 120);
    CU_ASSERT_PTR_NULL(session->connectivity); // the rest is the worker's
    advance(&gateway, 2000);
    CU_ASSERT_FALSE(take_order(&gateway, INJECT_CHECK, &order));
    test_gateway_close(&gateway);
}

static unsigned count_orders(struct test_gateway *gateway, const struct ring_message *wanted, unsigned milliseconds)
{
    struct ring_message order;
    unsigned count = 0;
    for (unsigned i = 0; i < milliseconds; i += 20) {
        advance(gateway, 20);
        while (take_order(gateway, INJECT_PATH, &order)) {
            count++;
            CU_ASSERT(order.value == wanted->value && order.port == wanted->port &&
                      transport_address_equal(&order.remote, &wanted->remote) &&
                      transport_address_equal(&order.local, &wanted->local));
        }
    }
    return count;
}

// Two checks are answered, of which the second one nominates: it, and the order that follows.
static void take_nomination(struct test_gateway *gateway, const struct session *session, struct ring_message *ret_check,
                            struct ring_message *ret_order)
{
    struct stun_message message;
    CU_ASSERT_FATAL(take_check(gateway, session, ret_check, &message));
    tell(gateway, ret_check, EVENT_CHECK_ANSWERED, 0);
    advance(gateway, 220);
    CU_ASSERT_FATAL(take_check(gateway, session, ret_check, &message));
    tell(gateway, ret_check, EVENT_CHECK_ANSWERED, 0);
    CU_ASSERT_FATAL(take_order(gateway, INJECT_PATH, ret_order));
}

// Nothing says that a ring was full, or that the worker died with the order in its hands.
static void a_nomination_is_ordered_until_it_is_seen(void)
{
    struct test_gateway gateway;
    struct ring_message check, order;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    take_nomination(&gateway, session, &check, &order);
    CU_ASSERT_EQUAL(order.value, 1);
    unsigned count = count_orders(&gateway, &order, 2000);
    CU_ASSERT(count >= 3 && count <= 8);
    show_paths(&gateway, session, &order, 1); // another one is in use
    count = count_orders(&gateway, &order, 2000);
    CU_ASSERT(count >= 1 && count <= 3);
    CU_ASSERT_PTR_NOT_NULL(session->connectivity);
    tell(&gateway, &check, EVENT_ROLE_CONFLICT, 0); // a role decides nothing any more
    CU_ASSERT(test_transport(&gateway, session->record.transport.index).is_controlling);
    show_paths(&gateway, session, &order, 0);
    advance(&gateway, 1020);
    CU_ASSERT_PTR_NULL(session->connectivity);
    CU_ASSERT(TAILQ_EMPTY(&gateway.control.checking));
    CU_ASSERT_EQUAL(count_orders(&gateway, &order, 2000), 0);
    test_gateway_close(&gateway);
}

// The worker notes the peer's nomination; that the pair was answered it has of this side alone.
static void a_controlled_side_orders_the_proof_until_it_is_seen(void)
{
    struct test_gateway gateway;
    struct ring_message check, order;
    struct stun_message message;
    test_gateway_open(&gateway);
    gateway.config->ice.lite = false;
    struct session *session = publish(&gateway, false);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    tell(&gateway, &check, EVENT_CHECK_ANSWERED, 0);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_PATH, &order)); // and lost
    tell(&gateway, &check, EVENT_CHECK_RECEIVED, RING_USE_CANDIDATE | 1);
    CU_ASSERT_FALSE(take_order(&gateway, INJECT_PATH, &check));
    unsigned count = count_orders(&gateway, &order, 1000);
    CU_ASSERT(count >= 2 && order.value == 0);
    show_paths(&gateway, session, &order, 1);
    advance(&gateway, 1020);
    CU_ASSERT_PTR_NULL(session->connectivity);
    test_gateway_close(&gateway);
}

// A restart has forgotten what was nominated before it.
static void an_order_ends_with_a_restart(void)
{
    struct test_gateway gateway;
    struct ring_message check, order;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    take_nomination(&gateway, session, &check, &order);
    connectivity_begin(&gateway.control, session, true, gateway.now);
    CU_ASSERT_EQUAL(count_orders(&gateway, &order, 1000), 0);
    connectivity_end(&gateway.control, session);
    CU_ASSERT(TAILQ_EMPTY(&gateway.control.checking));
    test_gateway_close(&gateway);
}

// Of 2,500 that would leave at one moment; each would be the first of a restart.
static void all_sessions_share_a_budget_of_checks(void)
{
    struct test_gateway gateway;
    struct ring_message check;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    unsigned sent = take_order(&gateway, INJECT_CHECK, &check);
    for (unsigned i = 1; i < 2500; i++) {
        connectivity_begin(&gateway.control, session, true, gateway.now);
        const struct sdp_candidate candidate = {
            .component = 1, .transport = "udp", .address = "10.7.0.9", .port = 5000, .type = "host"};
        connectivity_trickle(&gateway.control, session, &candidate, 1, false, false, gateway.now);
        sent += take_order(&gateway, INJECT_CHECK, &check);
    }
    CU_ASSERT_EQUAL(sent, 2000);
    CU_ASSERT_EQUAL(gateway.control.checks_withheld, 500);
    advance(&gateway, 600); // sent again
    CU_ASSERT(take_order(&gateway, INJECT_CHECK, &check));
    CU_ASSERT_EQUAL(gateway.control.checks_withheld, 500);
    test_gateway_close(&gateway);
}

static void a_role_that_the_peer_holds_is_given_up(void)
{
    struct test_gateway gateway;
    struct ring_message check, order;
    struct stun_message message;
    test_gateway_open(&gateway);
    gateway.config->ice.lite = false;
    struct session *session = publish(&gateway, false);
    struct transport_intent before = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    CU_ASSERT(stun_has(&message, STUN_ICE_CONTROLLED));
    tell(&gateway, &check, EVENT_CHECK_ANSWERED, 487);
    struct transport_intent after = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT(after.is_controlling && after.tie_breaker != before.tie_breaker);
    advance(&gateway, 60);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    CU_ASSERT(stun_has(&message, STUN_ICE_CONTROLLING));
    tell(&gateway, &check, EVENT_ROLE_CONFLICT, 0); // and back, as a worker says
    after = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT_FALSE(after.is_controlling);
    CU_ASSERT_EQUAL(after.keys[0].epoch, before.keys[0].epoch);
    CU_ASSERT_FALSE(take_order(&gateway, INJECT_PATH, &order));
    test_gateway_close(&gateway);
}

static void trickled_candidates_join(void)
{
    static const char more[] = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                               "a=candidate:9 1 udp 2122194680 10.7.0.8 6000 typ host\r\na=end-of-candidates\r\n";
    struct test_gateway gateway;
    struct ring_message order;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    char id[GATEWAY_ID_SIZE];
    memcpy(id, session->record.id, sizeof(id));
    CU_ASSERT(take_order(&gateway, INJECT_CHECK, &order));
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, id, true, "*", more), GATEWAY_OK);
    advance(&gateway, 60);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_CHECK, &order));
    CU_ASSERT_EQUAL(order.remote.port, 6000);
    test_gateway_close(&gateway);
}

static void a_peer_that_never_answers_has_failed(void)
{
    struct test_gateway gateway;
    struct ring_message order;
    test_gateway_open(&gateway);
    gateway.config->limits.setup_seconds = 60;
    struct session *session = publish(&gateway, true);
    const struct record_link transport = session->record.transport;
    char id[GATEWAY_ID_SIZE];
    memcpy(id, session->record.id, sizeof(id));
    const char ended[] = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=end-of-candidates\r\n";
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, id, true, "*", ended), GATEWAY_OK);
    unsigned checks = 0;
    for (unsigned i = 0; i < 45; i++) {
        advance(&gateway, 1000);
        while (take_order(&gateway, INJECT_CHECK, &order))
            checks++;
    }
    CU_ASSERT_EQUAL(checks, 7);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, id)->state, SESSION_FAILED);
    CU_ASSERT_STRING_EQUAL(test_gateway_session(&gateway, id)->reason, "no candidate pair was answered");
    CU_ASSERT_PTR_NULL(gateway.control.by_transport[transport.index]);
    test_gateway_close(&gateway);
}

// Its viewers go with it, wherever they stand among those that are checked.
static void a_publisher_fails_before_its_viewers(void)
{
    struct test_gateway gateway;
    test_gateway_open(&gateway);
    gateway.config->limits.setup_seconds = 60;
    char ids[3][GATEWAY_ID_SIZE];
    for (unsigned i = 0; i < 3; i++) {
        enum gateway_operation operation = i ? GATEWAY_SUBSCRIBE : GATEWAY_PUBLISH;
        CU_ASSERT_EQUAL_FATAL(test_gateway_ask(&gateway, operation, "room", make_offer(i, true, "")), GATEWAY_OK);
        snprintf(ids[i], sizeof(ids[i]), "%s", gateway.request.id);
        test_gateway_acknowledge(&gateway);
    }
    advance(&gateway, 50000);
    CU_ASSERT_EQUAL(test_gateway_session(&gateway, ids[0])->state, SESSION_FAILED);
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, ids[1]));
    CU_ASSERT_PTR_NULL(test_gateway_session(&gateway, ids[2]));
    CU_ASSERT(TAILQ_EMPTY(&gateway.control.checking));
    test_gateway_close(&gateway);
}

// One that claims now this role, now that has a worker publish for nothing.
static void roles_switch_a_few_times_only(void)
{
    struct test_gateway gateway;
    struct ring_message check;
    struct stun_message message;
    test_gateway_open(&gateway);
    gateway.config->ice.lite = false;
    struct session *session = publish(&gateway, false);
    const struct record_link transport = session->record.transport;
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    unsigned switches = 0;
    bool is_controlling = false;
    for (unsigned i = 0; i < 20; i++) {
        tell(&gateway, &check, EVENT_ROLE_CONFLICT, !is_controlling);
        bool is_now = test_transport(&gateway, transport.index).is_controlling;
        switches += is_now != is_controlling;
        is_controlling = is_now;
    }
    CU_ASSERT_EQUAL(switches, 4);
    connectivity_end(&gateway.control, session); // checks have ended
    tell(&gateway, &check, EVENT_ROLE_CONFLICT, !is_controlling);
    CU_ASSERT_EQUAL(test_transport(&gateway, transport.index).is_controlling, is_controlling);
    test_gateway_close(&gateway);
}

static void a_restart_asks_again_with_new_credentials(void)
{
    static const char restart[] = "a=ice-ufrag:newer\r\na=ice-pwd:anotherpasswordanotherpw\r\n"
                                  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                                  "a=candidate:9 1 udp 2122194680 10.7.0.8 6000 typ host\r\n";
    struct test_gateway gateway;
    struct ring_message check;
    struct stun_message message;
    test_gateway_open(&gateway);
    struct session *session = publish(&gateway, true);
    char id[GATEWAY_ID_SIZE];
    memcpy(id, session->record.id, sizeof(id));
    CU_ASSERT(take_order(&gateway, INJECT_CHECK, &check));
    CU_ASSERT_EQUAL(test_gateway_patch(&gateway, id, true, "*", restart), GATEWAY_OK);
    test_gateway_acknowledge(&gateway);
    CU_ASSERT_FATAL(take_check(&gateway, session, &check, &message));
    CU_ASSERT_EQUAL(check.remote.port, 6000);
    CU_ASSERT_EQUAL(memcmp(check.data + message.attributes[STUN_USERNAME].offset, "newer:", 6), 0);
    test_gateway_close(&gateway);
}

static enum gateway_status add_candidate(struct test_gateway *gateway, const struct peer_caller *caller,
                                         const char *text)
{
    struct gateway_peer_ask ask = {.mid = "0"};
    snprintf(ask.candidate, sizeof(ask.candidate), "%s", text);
    return peer_caller_ask(gateway, caller, GATEWAY_PEER_CANDIDATE, ask, NULL);
}

// What comes with an offer, or behind it, belongs to credentials that an answer has yet to agree on.
static void candidates_wait_for_the_answer(void)
{
    struct test_gateway gateway;
    struct peer_caller caller = {.lines = 1};
    struct ring_message order;
    test_gateway_open(&gateway);
    gateway.config->ice.lite = false;
    CU_ASSERT_EQUAL_FATAL(peer_caller_open(&gateway, &caller, "room"), GATEWAY_OK);
    CU_ASSERT_EQUAL(peer_caller_set_remote(&gateway, &caller, GATEWAY_OFFER, peer_caller_offer(&caller)), GATEWAY_OK);
    CU_ASSERT_EQUAL(add_candidate(&gateway, &caller, "candidate:1 1 udp 2122194687 a.local 41000 typ host"),
                    GATEWAY_OK);
    CU_ASSERT_EQUAL(add_candidate(&gateway, &caller, "candidate:2 1 udp 2122194686 10.7.0.9 5000 typ host"),
                    GATEWAY_OK);
    advance(&gateway, 200);
    CU_ASSERT_FALSE(take_order(&gateway, INJECT_CHECK, &order));
    CU_ASSERT_EQUAL(peer_caller_set_local(&gateway, &caller, GATEWAY_ANSWER), GATEWAY_OK);
    CU_ASSERT_PTR_NULL(strstr(gateway.request.sdp, "a=ice-lite"));
    test_gateway_acknowledge(&gateway);
    struct session *session = peer_caller_session(&gateway, &caller);
    struct transport_intent intent = test_transport(&gateway, session->record.transport.index);
    CU_ASSERT(intent.mode == TRANSPORT_ICE_FULL && !intent.is_controlling);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_CHECK, &order));
    CU_ASSERT_EQUAL(order.remote.port, 5000);
    CU_ASSERT_EQUAL(add_candidate(&gateway, &caller, "candidate:3 1 udp 2122194685 10.7.0.8 6000 typ host"),
                    GATEWAY_OK);
    advance(&gateway, 60);
    CU_ASSERT_FATAL(take_order(&gateway, INJECT_CHECK, &order));
    CU_ASSERT_EQUAL(order.remote.port, 6000);
    CU_ASSERT_EQUAL(add_candidate(&gateway, &caller, ""), GATEWAY_OK); // that were all
    CU_ASSERT_EQUAL(session->remote_candidates, 3);
    test_gateway_close(&gateway);
}

void connectivity_suite(void)
{
    CU_pSuite suite = CU_add_suite("connectivity", NULL, NULL);
    CU_add_test(suite, "a full side controls, and of two the offerer",
                the_full_side_controls_and_both_full_the_offerer);
    CU_add_test(suite, "a lite peer is asked and nominated", a_lite_peer_is_asked_and_nominated);
    CU_add_test(suite, "a nomination is ordered until it is seen", a_nomination_is_ordered_until_it_is_seen);
    CU_add_test(suite, "a controlled side orders the proof until it is seen",
                a_controlled_side_orders_the_proof_until_it_is_seen);
    CU_add_test(suite, "an order ends with a restart", an_order_ends_with_a_restart);
    CU_add_test(suite, "all sessions share a budget of checks", all_sessions_share_a_budget_of_checks);
    CU_add_test(suite, "a role that the peer holds is given up", a_role_that_the_peer_holds_is_given_up);
    CU_add_test(suite, "trickled candidates join", trickled_candidates_join);
    CU_add_test(suite, "a peer that never answers has failed", a_peer_that_never_answers_has_failed);
    CU_add_test(suite, "a publisher fails before its viewers", a_publisher_fails_before_its_viewers);
    CU_add_test(suite, "roles switch a few times only", roles_switch_a_few_times_only);
    CU_add_test(suite, "candidates wait for the answer", candidates_wait_for_the_answer);
    CU_add_test(suite, "a restart asks again", a_restart_asks_again_with_new_credentials);
}
