// SPDX-License-Identifier: Apache-2.0
// stun_reply: proves what an ICE-lite agent answers to whom (RFC 8445, RFC 8489), sealed so that OpenSSL agrees, and
// that nobody can use it as a reflector.
#include "nodes_suites.h"
#include "peer.h"

#include <CUnit/CUnit.h>

static void a_valid_check_is_answered_with_its_source_address(void)
{
    static struct datagram datagram;
    struct stun_message message;
    struct transport_address mapped;
    struct peer peer;
    gateway_open(1);
    for (int family = 0; family < 2; family++) {
        peer_open(&peer, 0, 0);
        if (family) {
            peer.address = host6(peer.host, 5000);
            peer.gateway = our6(peer.gateway.port);
        }
        peer_check(&peer, 0);
        CU_ASSERT_FATAL(peer_take(&peer, &datagram));
        CU_ASSERT(stun_is_sealed(&datagram, peer.intent.local_pwd, &message));
        CU_ASSERT_EQUAL(message.class, STUN_SUCCESS);
        CU_ASSERT_EQUAL(stun_get_address(datagram.bytes, &message, STUN_XOR_MAPPED_ADDRESS, &mapped), 0);
        CU_ASSERT(transport_address_equal(&mapped, &peer.address));
        CU_ASSERT(transport_address_equal(&datagram.from, &peer.gateway));
    }
    gateway_close();
}

static void each_faulty_check_gets_its_answer_and_changes_nothing(void)
{
    static const struct {
        const char *what;
        unsigned flags;
        int code;
        bool sealed; // only who knows the password gets a sealed answer
    } rows[] = {
        {"no username", CHECK_NO_USERNAME, 400, false},
        {"no integrity", CHECK_NO_INTEGRITY, 400, false},
        {"unknown user", CHECK_UNKNOWN_USER, 401, false},
        {"bad integrity", CHECK_BAD_INTEGRITY, 401, false},
        {"unknown attribute", CHECK_UNKNOWN_ATTRIBUTE, 420, true},
        {"both claim to be controlled", CHECK_CONTROLLED, 487, true},
        {"bad integrity is seen before what it would protect", CHECK_BAD_INTEGRITY | CHECK_UNKNOWN_ATTRIBUTE, 401,
         false},
    };
    static struct datagram datagram;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        struct stun_message message;
        int code = 0;
        peer_check(&peer, rows[i].flags | CHECK_NOMINATES);
        CU_ASSERT_FATAL(peer_take(&peer, &datagram));
        bool sealed = stun_is_sealed(&datagram, peer.intent.local_pwd, &message);
        CU_ASSERT_EQUAL(sealed, rows[i].sealed);
        CU_ASSERT_EQUAL(message.class, STUN_ERROR);
        CU_ASSERT_EQUAL(stun_get_error(datagram.bytes, &message, &code), 0);
        CU_ASSERT_EQUAL(code, rows[i].code);
        CU_ASSERT_FALSE(stun_has(&message, STUN_SOFTWARE));
        CU_ASSERT_EQUAL(stun_has(&message, STUN_UNKNOWN_ATTRIBUTES), code == 420);
        CU_ASSERT_EQUAL(gateway.entries.transports[0].upkeep->paths[0].flags, 0); // no path was learned
    }
    gateway_close();
}

static void junk_is_dropped_by_its_name(void)
{
    static struct datagram datagram;
    struct peer peer;
    uint8_t data[512], indication[20] = {0x00, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_BAD_FINGERPRINT);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_MALFORMED), 1);
    size_t size = peer_write_check(&peer, 0, data);
    peer_send(&peer, data, size - 4); // shorter than it says
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_MALFORMED), 2);
    data[1] = 0x03; // Allocate
    data[0] = 0x00;
    size = peer_write_check(&peer, CHECK_NO_USERNAME, data);
    data[1] = 0x03;
    uint32_t crc = stun_fingerprint(data, size - 8);
    bytes_put32(data + size - 4, crc);
    peer_send(&peer, data, size);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_UNHANDLED), 1);
    peer_send(&peer, indication, sizeof(indication));
    CU_ASSERT_EQUAL(gateway_consumed(CONSUME_STUN), 1);
    indication[0] = 0x01;
    indication[1] = 0x01; // a success that answers nothing
    peer_send(&peer, indication, sizeof(indication));
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_UNEXPECTED_RESPONSE), 1);
    CU_ASSERT_FALSE(peer_take(&peer, &datagram));
    gateway_close();
}

// Hazard F06: a reflector would be driven by a flood of small questions from one victim's prefix.
static void errors_toward_one_prefix_are_ten_a_second(void)
{
    static struct datagram datagram;
    struct peer peer;
    uint8_t data[512];
    unsigned answers = 0;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 25; i++) {
            struct transport_address from = host4(10, (uint16_t)(6000 + i)); // one /24
            size_t size = peer_write_check(&peer, CHECK_BAD_INTEGRITY, data);
            peer_send_from(&peer, &from, data, size);
            answers += take_for(&from, &datagram);
        }
        CU_ASSERT_EQUAL(answers, 10 * (round + 1));
        CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_BAD_INTEGRITY), 15 * (round + 1));
        gateway_advance(1000);
    }
    peer_check(&peer, 0); // who knows the password is answered all the same
    CU_ASSERT(peer_take(&peer, &datagram));
    gateway_close();
}

static void no_answer_to_a_stranger_is_three_times_the_question(void)
{
    static const uint8_t bare[20] = {0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    static struct datagram datagram;
    struct peer peer;
    uint8_t data[512];
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_send(&peer, bare, sizeof(bare));
    CU_ASSERT(peer_take(&peer, &datagram) && datagram.size <= 3 * sizeof(bare));
    static const unsigned faults[] = {CHECK_NO_USERNAME, CHECK_UNKNOWN_USER, CHECK_UNKNOWN_ATTRIBUTE, CHECK_CONTROLLED};
    for (size_t i = 0; i < RTE_DIM(faults); i++) {
        size_t size = peer_write_check(&peer, faults[i], data);
        peer_send(&peer, data, size);
        CU_ASSERT(peer_take(&peer, &datagram) && datagram.size <= size);
    }
    gateway_close();
}

void stun_reply_suite(void)
{
    CU_pSuite suite = CU_add_suite("stun_reply", NULL, NULL);
    CU_ADD_TEST(suite, a_valid_check_is_answered_with_its_source_address);
    CU_ADD_TEST(suite, each_faulty_check_gets_its_answer_and_changes_nothing);
    CU_ADD_TEST(suite, junk_is_dropped_by_its_name);
    CU_ADD_TEST(suite, errors_toward_one_prefix_are_ten_a_second);
    CU_ADD_TEST(suite, no_answer_to_a_stranger_is_three_times_the_question);
}
