// SPDX-License-Identifier: Apache-2.0
// The worker's part of a full ICE agent (dataplane/full_agent.c): proves that checks leave as naru-control wrote them,
// that only what is authenticated is told, and that roles are settled by tie-breaker (RFC 8445 7.3.1.1).
#include "carried_address.h"
#include "full_agent.h"
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct datagram datagram;
static const uint8_t question[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static void open_full(struct peer *peer, bool is_controlling, uint64_t tie_breaker)
{
    gateway_open(1);
    peer_open(peer, 0, 0);
    peer->intent.mode = TRANSPORT_ICE_FULL;
    peer->intent.is_controlling = is_controlling;
    peer->intent.tie_breaker = tie_breaker;
    peer_publish(peer);
}

static void close_full(struct peer *peer)
{
    forget_datagrams();
    peer_close(peer);
    gateway_close();
}

static void order(const struct peer *peer, enum inject_kind kind, const struct transport_address *remote,
                  uint64_t value)
{
    struct ring_message message = {.transport = peer->transport,
                                   .generation = peer->intent.generation,
                                   .kind = (uint16_t)kind,
                                   .port = PORT_PLAIN,
                                   .value = value,
                                   .remote = *remote,
                                   .local = peer->gateway};
    if (kind == INJECT_CHECK) {
        message.length = sizeof(question);
        memcpy(message.data, question, sizeof(question));
    }
    struct ring *ring = tables_ring(&gateway.control, peer->worker, RING_INJECT_HANDSHAKE);
    CU_ASSERT_EQUAL(ring_push(ring, gateway.control.limits.ring_slots, &message), 0);
    gateway_walk();
}

// The next event of one of the agents' kinds; false: none.
static bool take_event(const struct peer *peer, struct ring_message *ret_event)
{
    struct ring *ring = tables_ring(&gateway.control, peer->worker, RING_EVENT);
    while (ring_pop(ring, gateway.control.limits.ring_slots, ret_event))
        if (ret_event->kind >= EVENT_CHECK_RECEIVED)
            return true;
    return false;
}

static uint8_t selected(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].selected;
}

static void a_check_leaves_for_an_address_that_is_no_path(void)
{
    struct peer peer;
    open_full(&peer, true, 9);
    const struct transport_address remote = host4(peer.host, 7000);
    order(&peer, INJECT_CHECK, &remote, 0);
    CU_ASSERT_FATAL(take_for(&remote, &datagram));
    CU_ASSERT(datagram.size == sizeof(question) && memcmp(datagram.bytes, question, sizeof(question)) == 0);
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    peer_send_from(&peer, &remote, "\x80media", 6); // and is none by that
    CU_ASSERT_EQUAL(
        gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_SOURCE) + gateway_dropped(DROP_UDP_CLASSIFY_UNKNOWN_PROTOCOL), 1);
    close_full(&peer);
}

static void orders_that_make_no_sense_are_dropped(void)
{
    struct peer peer;
    open_full(&peer, true, 9);
    const struct transport_address own = our4(7000), nobody = {0};
    const uint64_t before = gateway_dropped(DROP_INJECT_STALE);
    order(&peer, INJECT_CHECK, &own, 0);
    order(&peer, INJECT_CHECK, &nobody, 0);
    order(&peer, INJECT_PATH, &own, 1);
    peer.gateway.ip[15] ^= 1; // another's
    const struct transport_address remote = host4(peer.host, 7000);
    order(&peer, INJECT_CHECK, &remote, 0);
    peer.gateway.ip[15] ^= 1;
    peer.intent.mode = TRANSPORT_ICE_LITE;
    peer_publish(&peer);
    order(&peer, INJECT_CHECK, &remote, 0);
    order(&peer, INJECT_PATH, &remote, 1);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_INJECT_STALE) - before, 6);
    CU_ASSERT_FALSE(take_for(&remote, &datagram));
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    close_full(&peer);
}

static void an_answered_path_is_used(void)
{
    struct peer peer;
    open_full(&peer, true, 9);
    const struct transport_address first = host4(peer.host, 7000), second = host4(peer.host, 7001);
    order(&peer, INJECT_PATH, &first, 0);
    CU_ASSERT_EQUAL(selected(&peer), 0); // valid: media may flow before it is nominated
    gateway_advance(1);
    order(&peer, INJECT_PATH, &second, 1);
    CU_ASSERT_EQUAL(selected(&peer), 1);
    gateway_advance(1);
    order(&peer, INJECT_PATH, &first, 0);
    CU_ASSERT_EQUAL(selected(&peer), 1);
    close_full(&peer);
}

// index: that the transaction names.
static void answer(struct peer *peer, uint32_t index, const char *password, bool is_error)
{
    uint8_t transaction[12] = {[4] = 1, 2, 3}, data[128];
    struct stun_writer writer;
    size_t size;
    memcpy(transaction, &index, sizeof(index));
    if (password)
        strcpy(peer->intent.remote_pwd, password);
    size = stun_write_answer(peer, transaction, data);
    if (is_error) {
        size_t covered;
        stun_write_binding_error(&writer, data, sizeof(data), transaction, 487, NULL, 0);
        uint8_t *tag = stun_write_integrity(&writer, &covered);
        peer_seal(peer->intent.remote_pwd, data, covered, tag);
        stun_write_fingerprint(&writer);
        size = (size_t)stun_writer_finish(&writer);
    }
    peer_send(peer, data, size);
}

static void only_authentic_answers_are_told(void)
{
    struct peer peer;
    struct ring_message event;
    open_full(&peer, true, 9);
    answer(&peer, peer.transport, NULL, false); // from an address that is no path
    CU_ASSERT_FATAL(take_event(&peer, &event));
    CU_ASSERT(event.kind == EVENT_CHECK_ANSWERED && event.value == 0 && event.length == 12 && event.data[5] == 2);
    CU_ASSERT(transport_address_equal(&event.remote, &peer.address) &&
              transport_address_equal(&event.local, &peer.gateway));
    answer(&peer, peer.transport, NULL, true);
    CU_ASSERT_FATAL(take_event(&peer, &event));
    CU_ASSERT(event.kind == EVENT_CHECK_ANSWERED && event.value == 487);
    answer(&peer, peer.transport + 1, NULL, false);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_UNEXPECTED_RESPONSE), 1);
    answer(&peer, UINT32_MAX, NULL, false);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_UNEXPECTED_RESPONSE), 2);
    answer(&peer, peer.transport, "of somebody else entirely", false);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_BAD_INTEGRITY), 1);
    CU_ASSERT_FALSE(take_event(&peer, &event));
    CU_ASSERT_EQUAL(gateway.entries.transports[0].upkeep->paths[0].flags, 0); // no answer makes a path by itself
    close_full(&peer);
}

static void a_peers_checks_are_told_but_not_without_end(void)
{
    struct peer peer;
    struct ring_message event;
    unsigned told = 0;
    open_full(&peer, false, 9);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT_FATAL(take_event(&peer, &event));
    CU_ASSERT(event.kind == EVENT_CHECK_RECEIVED && event.value == (RING_USE_CANDIDATE | 1));
    for (unsigned i = 0; i < 200; i++)
        peer_check(&peer, 0);
    while (take_event(&peer, &event))
        told++;
    CU_ASSERT(told >= 40 && told <= 60);
    peer_check(&peer, CHECK_BAD_INTEGRITY);
    CU_ASSERT_FALSE(take_event(&peer, &event));
    close_full(&peer);
}

// The peer's tie-breaker is 7.
static void roles_are_settled_by_tie_breaker(void)
{
    static const struct {
        bool is_controlling;
        uint64_t tie_breaker;
        unsigned flags;
        bool is_refused; // with 487
        int role;        // that this side is told to take; -1: none
    } rows[] = {
        {true, 9, CHECK_CONTROLLED, false, -1},
        {false, 9, 0, false, -1},
        {true, 9, 0, true, -1},
        {true, 7, 0, true, -1},
        {true, 3, 0, false, 0},
        {false, 9, CHECK_CONTROLLED, false, 1},
        {false, 7, CHECK_CONTROLLED, false, 1},
        {false, 3, CHECK_CONTROLLED, true, -1},
    };
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        struct peer peer;
        struct stun_message message;
        struct ring_message event = {0};
        int role = -1;
        open_full(&peer, rows[i].is_controlling, rows[i].tie_breaker);
        peer_check(&peer, rows[i].flags | CHECK_NOMINATES);
        CU_ASSERT_FATAL(peer_take(&peer, &datagram));
        CU_ASSERT(stun_is_sealed(&datagram, peer.intent.local_pwd, &message));
        CU_ASSERT_EQUAL(message.class, rows[i].is_refused ? STUN_ERROR : STUN_SUCCESS);
        while (take_event(&peer, &event))
            if (event.kind == EVENT_ROLE_CONFLICT)
                role = (int)event.value;
        CU_ASSERT_EQUAL(role, rows[i].role);
        // A controlled peer nominates nothing.
        bool is_nominated = gateway.entries.transports[0].upkeep->paths[0].flags & CANDIDATE_NOMINATED;
        CU_ASSERT_EQUAL(is_nominated, !rows[i].is_refused && !rows[i].is_controlling);
        close_full(&peer);
    }
}

// Each claim of a role costs a publication: one that goes on claiming is told to give way.
static void roles_are_claimed_a_few_times_until_ice_restarts(void)
{
    struct peer peer;
    struct ring_message event;
    struct stun_message message;
    unsigned told = 0;
    open_full(&peer, true, 3);
    for (unsigned i = 0; i < 17; i++) {
        peer_check(&peer, 0);
        CU_ASSERT_FATAL(peer_take(&peer, &datagram));
        gateway_advance(1);
    }
    CU_ASSERT(stun_is_sealed(&datagram, peer.intent.local_pwd, &message));
    CU_ASSERT_EQUAL(message.class, STUN_ERROR);
    while (take_event(&peer, &event))
        told += event.kind == EVENT_ROLE_CONFLICT;
    CU_ASSERT_EQUAL(told, 16);
    peer.intent.local_ufrag[0] ^= 1;
    peer_publish(&peer);
    peer_check(&peer, 0);
    CU_ASSERT_FATAL(take_event(&peer, &event));
    CU_ASSERT_EQUAL(event.kind, EVENT_ROLE_CONFLICT);
    close_full(&peer);
}

// RFC 8445 7.1.2: what the worker asks by itself, for consent, says the role as well.
static void consent_is_asked_in_the_role(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct peer peer;
        struct stun_message message;
        uint64_t tie_breaker = 0;
        open_full(&peer, i, 42);
        order(&peer, INJECT_PATH, &peer.address, 1);
        gateway_advance(5000);
        frames_introduce(peer.host);
        gateway_fire(peer.transport);
        gateway_walk();
        CU_ASSERT_FATAL(peer_take(&peer, &datagram));
        CU_ASSERT(stun_is_sealed(&datagram, peer.intent.remote_pwd, &message));
        enum stun_attribute role = i ? STUN_ICE_CONTROLLING : STUN_ICE_CONTROLLED;
        CU_ASSERT_EQUAL(stun_get64(datagram.bytes, &message, role, &tie_breaker), 0);
        CU_ASSERT_EQUAL(tie_breaker, 42);
        close_full(&peer);
    }
}

// What TCP carries naru-control does not check: the worker does, at once, and nominates where it is to.
static void a_carried_path_is_the_workers_own(void)
{
    const struct transport_address carried = carried_address_write(&(struct carried_address){1, 2, 3});
    struct peer peer;
    open_full(&peer, true, 9);
    const struct transport_entry *transport = &gateway.entries.transports[peer.transport];
    CU_ASSERT(full_agent_checks(transport, &peer.address));
    CU_ASSERT_FALSE(full_agent_checks(transport, &carried));
    const uint64_t before = gateway_dropped(DROP_INJECT_STALE);
    order(&peer, INJECT_CHECK, &carried, 0);
    order(&peer, INJECT_PATH, &carried, 1);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_INJECT_STALE) - before, 2);
    close_full(&peer);
}

void full_agent_suite(void)
{
    CU_pSuite suite = CU_add_suite("full_agent", NULL, NULL);
    CU_ADD_TEST(suite, a_check_leaves_for_an_address_that_is_no_path);
    CU_ADD_TEST(suite, orders_that_make_no_sense_are_dropped);
    CU_ADD_TEST(suite, an_answered_path_is_used);
    CU_ADD_TEST(suite, only_authentic_answers_are_told);
    CU_ADD_TEST(suite, a_peers_checks_are_told_but_not_without_end);
    CU_ADD_TEST(suite, roles_are_settled_by_tie_breaker);
    CU_ADD_TEST(suite, roles_are_claimed_a_few_times_until_ice_restarts);
    CU_ADD_TEST(suite, a_carried_path_is_the_workers_own);
    CU_ADD_TEST(suite, consent_is_asked_in_the_role);
}
