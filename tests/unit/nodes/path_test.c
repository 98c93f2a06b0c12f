// SPDX-License-Identifier: Apache-2.0
// Paths and consent (stun_reply, dataplane/path.c, dataplane/check.c): proves that a valid check alone is no proof of
// an address, that the proof cannot be forged, and that consent ends.
#include "media.h"
#include "nodes_suites.h"

#include <CUnit/CUnit.h>

static struct datagram datagram;
static struct rtp_packet got;

// However far the test's clock jumps, the link stays resolved.
static void fire(struct peer *peer)
{
    frames_introduce(peer->host);
    gateway_fire(peer->transport);
    gateway_walk();
}

static uint8_t selected(const struct peer *peer)
{
    return gateway.entries.transports[peer->transport].selected;
}

static void a_check_is_no_proof_but_the_answer_to_ours_is(void)
{
    struct stun_message message;
    struct transport_path path;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    CU_ASSERT(peer_take(&peer, &datagram)); // the answer
    fire(&peer);
    CU_ASSERT_FATAL(peer_take(&peer, &datagram)); // and a check of the gateway's own
    CU_ASSERT(stun_is_sealed(&datagram, peer.intent.remote_pwd, &message));
    CU_ASSERT_EQUAL(message.class, STUN_REQUEST);
    CU_ASSERT_EQUAL(memcmp(datagram.bytes + message.attributes[STUN_USERNAME].offset, "theirs0:ours0", 13), 0);
    CU_ASSERT(stun_has(&message, STUN_ICE_CONTROLLED) && stun_has(&message, STUN_PRIORITY));
    CU_ASSERT_FALSE(stun_has(&message, STUN_USE_CANDIDATE));
    gateway_advance(300);
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer));
    CU_ASSERT_EQUAL(selected(&peer), 0);
    CU_ASSERT(record_read(&tables_transport_state(&gateway.control, 0)->path.head, &path, sizeof(path)) > 0);
    CU_ASSERT_EQUAL(path.selected, 0);
    CU_ASSERT_EQUAL(path.candidates[0].flags, CANDIDATE_CHECKED | CANDIDATE_NOMINATED | CANDIDATE_PROVEN);
    CU_ASSERT(transport_address_equal(&path.candidates[0].remote, &peer.address));
    gateway_close();
}

static void a_forged_answer_proves_nothing(void)
{
    static const struct {
        const char *what;
        bool wrong_transaction, wrong_password, other_source;
        enum drop_reason reason;
    } rows[] = {
        {"another transaction", true, false, false, DROP_STUN_REPLY_UNEXPECTED_RESPONSE},
        {"another password", false, true, false, DROP_STUN_REPLY_BAD_INTEGRITY},
        {"another source", false, false, true, DROP_STUN_REPLY_UNEXPECTED_RESPONSE},
    };
    struct stun_message message;
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT(peer_take(&peer, &datagram));
    fire(&peer);
    CU_ASSERT_FATAL(peer_take(&peer, &datagram));
    CU_ASSERT(stun_is_sealed(&datagram, peer.intent.remote_pwd, &message));
    for (size_t i = 0; i < RTE_DIM(rows); i++) {
        struct peer liar = peer;
        struct transport_address from = host4(peer.host, 6666);
        uint8_t data[128], id[12];
        memcpy(id, message.transaction_id, sizeof(id));
        id[11] ^= rows[i].wrong_transaction;
        liar.intent.remote_pwd[0] ^= rows[i].wrong_password;
        size_t size = stun_write_answer(&liar, id, data);
        peer_send_from(&peer, rows[i].other_source ? &from : &peer.address, data, size);
        CU_ASSERT(gateway_dropped(rows[i].reason) > 0);
        CU_ASSERT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    }
    gateway_close();
}

static void an_unproven_address_gets_three_times_its_bytes_at_most(void)
{
    struct peer peer;
    uint8_t data[512];
    size_t in, out = 0;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    in = peer_write_check(&peer, CHECK_NOMINATES, data);
    peer_send(&peer, data, in);
    for (int i = 0; i < 30; i++) {
        gateway_advance(300);
        fire(&peer);
    }
    while (peer_take(&peer, &datagram))
        out += datagram.size;
    CU_ASSERT(out > in && out <= 3 * in);
    CU_ASSERT(gateway_dropped(DROP_UDP_OUTPUT_UNPROVEN) > 0);
    gateway_close();
}

static void move(struct peer *peer, unsigned number)
{
    peer->address = host4(peer->host, (uint16_t)(7000 + number));
}

static void the_latest_nomination_wins_once_it_is_proven(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    CU_ASSERT_EQUAL(selected(&peer), 0);
    gateway_advance(1000);
    move(&peer, 1);
    peer_check(&peer, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(selected(&peer), 0); // not proven yet
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer));
    CU_ASSERT_EQUAL(selected(&peer), 1);
    gateway_advance(1000);
    move(&peer, 2); // proven, but never nominated
    peer_check(&peer, 0);
    fire(&peer);
    CU_ASSERT(peer_answer_check(&peer));
    CU_ASSERT_EQUAL(selected(&peer), 1);
    gateway_close();
}

static void the_ninth_live_address_is_refused(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    for (unsigned i = 0; i < TRANSPORT_MAX_CANDIDATES + 1; i++) {
        move(&peer, i);
        peer_check(&peer, 0);
        CU_ASSERT_EQUAL(peer_take(&peer, &datagram), i < TRANSPORT_MAX_CANDIDATES);
    }
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_TOO_MANY_CANDIDATES), 1);
    gateway_advance(31000); // silent ones give way
    peer_check(&peer, 0);
    CU_ASSERT(peer_take(&peer, &datagram));
    gateway_close();
}

// RFC 8445 9: the peer checks as many addresses again, and media goes on over the one that was selected.
static void a_restart_of_ice_makes_room(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    for (unsigned i = 1; i < TRANSPORT_MAX_CANDIDATES; i++) {
        move(&peer, i);
        peer_check(&peer, 0);
        CU_ASSERT(peer_take(&peer, &datagram));
    }
    strcpy(peer.intent.local_ufrag, "anew");
    peer_publish(&peer);
    for (unsigned i = 1; i < TRANSPORT_MAX_CANDIDATES + 1; i++) {
        move(&peer, 100 + i);
        peer_check(&peer, 0);
        CU_ASSERT_EQUAL(peer_take(&peer, &datagram), i < TRANSPORT_MAX_CANDIDATES);
        CU_ASSERT_EQUAL(selected(&peer), 0);
    }
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_TOO_MANY_CANDIDATES), 1);
    gateway_advance(1000);
    move(&peer, 101);
    peer_connect(&peer);
    CU_ASSERT_NOT_EQUAL(selected(&peer), 0);
    gateway_close();
}

static void a_five_tuple_with_fresh_media_is_not_given_away(void)
{
    struct peer owner, viewer, thief;
    gateway_open(1);
    media_pair(&owner, &viewer, media_suites[0]);
    media_send(&owner, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    peer_open(&thief, 2, 0);
    thief.address = owner.address;
    peer_check(&thief, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_ADDRESS_TAKEN), 1);
    media_send(&owner, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    CU_ASSERT(media_take(&viewer, &got) && media_take(&viewer, &got));
    gateway_advance(6000);
    peer_check(&thief, CHECK_NOMINATES);
    CU_ASSERT_EQUAL(gateway_dropped(DROP_STUN_REPLY_ADDRESS_TAKEN), 1);
    peer_check(&owner, CHECK_NOMINATES); // an address that was lent comes back
    media_send(&owner, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 3});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&owner, &viewer);
}

static unsigned events(struct peer *peer, enum event_kind kind)
{
    static struct ring_message message;
    struct ring *ring = tables_ring(&gateway.control, peer->worker, RING_EVENT);
    unsigned count = 0;
    while (ring_pop(ring, gateway.control.limits.ring_slots, &message))
        count += message.kind == kind && message.transport == peer->transport;
    return count;
}

static void lost_consent_stops_media_until_a_new_proof(void)
{
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    gateway_advance(29000);
    fire(&viewer);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1});
    CU_ASSERT(media_take(&viewer, &got));
    events(&viewer, EVENT_CONSENT_LOST);
    gateway_advance(1500);
    fire(&viewer);
    CU_ASSERT_EQUAL(selected(&viewer), ENTRY_NO_PATH);
    CU_ASSERT_EQUAL(events(&viewer, EVENT_CONSENT_LOST), 1);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 2});
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    gateway_advance(60000);
    frames_introduce(viewer.host);
    peer_connect(&viewer);
    media_send(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 3});
    CU_ASSERT(media_take(&viewer, &got));
    media_close(&publisher, &viewer);
}

static void answers_keep_consent(void)
{
    struct peer peer;
    gateway_open(1);
    peer_open(&peer, 0, 0);
    peer_connect(&peer);
    for (int i = 0; i < 20; i++) {
        gateway_advance(5000);
        fire(&peer);
        CU_ASSERT(peer_answer_check(&peer));
        CU_ASSERT_NOT_EQUAL(selected(&peer), ENTRY_NO_PATH);
    }
    gateway_close();
}

// Timers run before what came in the same walk goes out.
static void consent_that_ends_within_a_walk_drops_its_packets(void)
{
    static uint8_t data[FRAME_MAX];
    struct peer publisher, viewer;
    gateway_open(1);
    media_pair(&publisher, &viewer, media_suites[0]);
    size_t size = media_write(&publisher, &(struct rtp_plan){.ssrc = 0x1000, .sequence = 1}, data);
    peer_queue(&publisher, data, size);
    gateway_advance(31000);
    fire(&viewer);
    CU_ASSERT_EQUAL(selected(&viewer), ENTRY_NO_PATH);
    gateway_settle();
    CU_ASSERT_FALSE(media_take(&viewer, &got));
    CU_ASSERT_EQUAL(counter_get(&tables_route_state(&gateway.control, 0)->packets), 0);
    media_close(&publisher, &viewer);
}

void path_suite(void)
{
    CU_pSuite suite = CU_add_suite("paths: proof, nomination, consent", NULL, NULL);
    CU_ADD_TEST(suite, a_check_is_no_proof_but_the_answer_to_ours_is);
    CU_ADD_TEST(suite, a_forged_answer_proves_nothing);
    CU_ADD_TEST(suite, an_unproven_address_gets_three_times_its_bytes_at_most);
    CU_ADD_TEST(suite, the_latest_nomination_wins_once_it_is_proven);
    CU_ADD_TEST(suite, the_ninth_live_address_is_refused);
    CU_ADD_TEST(suite, a_restart_of_ice_makes_room);
    CU_ADD_TEST(suite, a_five_tuple_with_fresh_media_is_not_given_away);
    CU_ADD_TEST(suite, lost_consent_stops_media_until_a_new_proof);
    CU_ADD_TEST(suite, answers_keep_consent);
    CU_ADD_TEST(suite, consent_that_ends_within_a_walk_drops_its_packets);
}
