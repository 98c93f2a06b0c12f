// SPDX-License-Identifier: Apache-2.0
// Proof and consent under attack (dataplane/path.c, check.c; stun_reply, dtls_punt): proves that who holds the
// credentials cannot turn media on a victim, that consent is an answer on the selected path (RFC 7675 5.1), and that a
// peer which comes back is heard.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static const uint8_t hello[29] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 1, 0,
                                  0,  4,    0,    0, 0, 0, 0, 0, 0, 4, 1, 2, 3,  4};
static struct datagram datagram;

static void fire(const struct peer *peer)
{
    frames_introduce(peer->host);
    gateway_fire(peer->transport);
    gateway_walk();
}

static void end(struct peer *peer)
{
    forget_datagrams();
    peer_close(peer);
    gateway_close();
}

static uint8_t selected(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].selected;
}

static void move(struct peer *peer, unsigned number)
{
    peer->address = host4(peer->host, (uint16_t)(7000 + number));
}

// The attacker checks from its own and, forging, from the victim's address, runs DTLS, and forges one more record.
static void dtls_that_came_from_two_addresses_proves_neither(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_NOMINATES);
    peer_send(&peer, hello, sizeof(hello));
    move(&peer, 1);
    peer_check(&peer, CHECK_NOMINATES);
    peer_send(&peer, hello, sizeof(hello));
    peer_key(&peer, media_suites[0]);
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    for (unsigned i = 0; i < 2; i++)
        CU_ASSERT_FALSE(gateway.entries.transports[0].upkeep->paths[i].flags & CANDIDATE_PROVEN);
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer)); // an answer does prove it
    CU_ASSERT_EQUAL(selected(&peer), 1);
    end(&peer);
}

// DTLS came over a path whose slot another address has by now.
static void the_next_address_in_a_slot_inherits_no_dtls(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, 0);
    peer_send(&peer, hello, sizeof(hello));
    gateway_advance(20000);
    for (unsigned i = 1; i < TRANSPORT_MAX_CANDIDATES; i++) {
        move(&peer, i);
        peer_check(&peer, 0);
    }
    gateway_advance(11000);
    move(&peer, TRANSPORT_MAX_CANDIDATES);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT(transport_address_equal(&gateway.entries.transports[0].upkeep->paths[0].remote, &peer.address));
    peer_key(&peer, media_suites[0]);
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    end(&peer);
}

static void lose_consent(struct peer *peer)
{
    gateway_advance(31000);
    fire(peer);
    CU_ASSERT_EQUAL(selected(peer), ENTRY_NO_PATH);
}

static void a_check_after_lost_consent_is_asked_back(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    lose_consent(&peer);
    for (int i = 0; i < 10; i++) { // the gateway gives the address up
        gateway_advance(300);
        fire(&peer);
    }
    forget_datagrams();
    gateway_advance(300);
    fire(&peer);
    CU_ASSERT_FALSE(peer_take(&peer, &datagram));
    peer_check(&peer, 0);
    gateway_advance(300);
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer));
    CU_ASSERT_EQUAL(selected(&peer), 0);
    end(&peer);
}

static void checks_alone_give_no_consent(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    for (int i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(selected(&peer), i * 5000 > 30000 ? ENTRY_NO_PATH : 0);
        gateway_advance(5000);
        frames_introduce(peer.host);
        peer_check(&peer, CHECK_NOMINATES);
        fire(&peer); // its check is not answered
    }
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    end(&peer);
}

static void an_answer_from_elsewhere_gives_no_consent(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    gateway_advance(29000);
    fire(&peer);
    forget_datagrams();
    move(&peer, 1);
    frames_introduce(peer.host);
    peer_check(&peer, 0);
    gateway_advance(300);
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer)); // proves the other address
    CU_ASSERT(gateway.entries.transports[0].upkeep->paths[1].flags & CANDIDATE_PROVEN);
    CU_ASSERT_EQUAL(selected(&peer), 0);
    gateway_advance(1500);
    fire(&peer);
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    end(&peer);
}

static void an_answer_slower_than_the_next_question_counts(void)
{
    struct stun_message message;
    struct peer peer;
    uint8_t data[128];
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT(peer_take(&peer, &datagram));
    fire(&peer);
    CU_ASSERT_FATAL(peer_take(&peer, &datagram));
    CU_ASSERT(stun_is_sealed(&datagram, peer.intent.remote_pwd, &message));
    gateway_advance(300);
    fire(&peer); // asks again
    CU_ASSERT(gateway_created(CREATE_STUN_CHECK) >= 2);
    peer_send(&peer, data, stun_write_answer(&peer, message.transaction_id, data));
    CU_ASSERT_EQUAL(selected(&peer), 0);
    end(&peer);
}

static void a_viewer_holds_its_address_by_its_reports(void)
{
    struct peer publisher, viewer, thief;
    uint8_t report[64];
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    gateway_advance(6000);
    rtcp_send(&viewer, report, rtcp_write_rr(report, sizeof(report), 0x77, NULL, 0));
    peer_open(&thief, 2, 0);
    thief.address = viewer.address;
    peer_check(&thief, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_ADDRESS_TAKEN), 1);
    media_close(&publisher, &viewer);
}

void path_proof_suite(void)
{
    CU_pSuite suite = CU_add_suite("proof and consent under attack", NULL, NULL);
    CU_ADD_TEST(suite, dtls_that_came_from_two_addresses_proves_neither);
    CU_ADD_TEST(suite, the_next_address_in_a_slot_inherits_no_dtls);
    CU_ADD_TEST(suite, a_check_after_lost_consent_is_asked_back);
    CU_ADD_TEST(suite, checks_alone_give_no_consent);
    CU_ADD_TEST(suite, an_answer_from_elsewhere_gives_no_consent);
    CU_ADD_TEST(suite, an_answer_slower_than_the_next_question_counts);
    CU_ADD_TEST(suite, a_viewer_holds_its_address_by_its_reports);
}
