// SPDX-License-Identifier: Apache-2.0
// DTLS: no key before the fingerprint was right, datagram borders kept, both roles, loss repaired, limits held.
#include "association.h"
#include "bytes.h"
#include "controlplane_suites.h"
#include "dtls_record.h"
#include "dtls_test_peer.h"
#include "state.h"
#include "suite.h"
#include "system.h"

#include <CUnit/CUnit.h>
#include <openssl/srtp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND   1000000000ULL
#define SUITES   "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"
#define MAX_LOSS 64

static struct dtls_identity identity;
static void *context;

static int open_context(void)
{
    static const struct config_strings suites = {3,
                                                 {"AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "AES_CM_128_HMAC_SHA1_80"}};
    return dtls_identity_make(time(NULL), system_kernel.random, &identity) ||
           dtls_openssl.open(&identity, &suites, &context);
}

static int close_context(void)
{
    dtls_openssl.close(context);
    dtls_identity_free(&identity);
    return 0;
}

// One association of ours with one plain OpenSSL peer, and a wire between them that loses what the test says.
struct pair {
    struct association *ours;
    struct test_peer peer;
    unsigned carried, largest;
    uint64_t lose; // bit n: the n-th datagram of either side
    uint64_t now;
};

static void open_pair(struct pair *pair, bool is_client, const struct fingerprint *fingerprints, unsigned count,
                      const char *suites, bool large_hello)
{
    *pair = (struct pair){.now = SECOND};
    test_peer_open(&pair->peer, !is_client, suites, large_hello);
    struct fingerprint own = {.hash = "SHA-256"};
    test_peer_fingerprint(&pair->peer, "sha256", own.value, sizeof(own.value));
    struct association_setup setup = {.engine = &dtls_openssl,
                                      .context = context,
                                      .is_client = is_client,
                                      .mtu = 1200,
                                      .handshake_ns = 10 * SECOND,
                                      .fingerprints = count ? fingerprints : &own,
                                      .fingerprint_count = count ? count : 1};
    CU_ASSERT_EQUAL_FATAL(association_open(&setup, &pair->ours), 0);
    if (is_client)
        association_start(pair->ours, pair->now);
    else
        test_peer_input(&pair->peer, NULL, 0);
}

static void close_pair(struct pair *pair)
{
    association_close(pair->ours);
    test_peer_close(&pair->peer);
}

static bool is_lost(struct pair *pair)
{
    unsigned number = pair->carried++;
    return number < MAX_LOSS && (pair->lose >> number & 1);
}

// True when anything moved.
static bool carry(struct pair *pair)
{
    bool moved = false;
    struct association_datagram *datagram;
    while ((datagram = association_next_output(pair->ours))) {
        if (datagram->size > pair->largest)
            pair->largest = datagram->size;
        if (!is_lost(pair))
            test_peer_input(&pair->peer, datagram->data, datagram->size);
        free(datagram);
        moved = true;
    }
    static struct test_datagram sent[TEST_PEER_QUEUE];
    unsigned count = pair->peer.sent_count;
    memcpy(sent, pair->peer.sent, count * sizeof(sent[0]));
    test_peer_clear(&pair->peer);
    for (unsigned i = 0; i < count; i++)
        if (!is_lost(pair))
            association_input(pair->ours, sent[i].data, sent[i].size, pair->now);
    return moved || count;
}

static void settle(struct pair *pair)
{
    for (int i = 0; i < 50 && carry(pair); i++)
        ;
}

static void check_keys(struct pair *pair, const struct srtp_suite *suite)
{
    uint8_t material[92];
    struct transport_keys keys;
    unsigned key = suite->key_length, salt = suite->salt_length;
    CU_ASSERT_EQUAL_FATAL(association_export_keys(pair->ours, &keys), 0);
    CU_ASSERT_EQUAL(
        SSL_export_keying_material(pair->peer.ssl, material, 2UL * (key + salt), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
        1);
    // RFC 5764 4.2: client_write_key, server_write_key, client_write_salt, server_write_salt.
    const uint8_t *client_key = material, *server_key = material + key, *client_salt = material + 2UL * key;
    const uint8_t *server_salt = client_salt + salt;
    bool client = pair->ours->is_client;
    CU_ASSERT_EQUAL(keys.suite, suite->id);
    CU_ASSERT_EQUAL(memcmp(keys.send_key, client ? client_key : server_key, key), 0);
    CU_ASSERT_EQUAL(memcmp(keys.receive_key, client ? server_key : client_key, key), 0);
    CU_ASSERT_EQUAL(memcmp(keys.send_salt, client ? client_salt : server_salt, salt), 0);
    CU_ASSERT_EQUAL(memcmp(keys.receive_salt, client ? server_salt : client_salt, salt), 0);
}

static void both_roles_split_the_keys(void)
{
    static const struct {
        const char *suite;
        uint16_t id;
    } rows[] = {{"SRTP_AEAD_AES_128_GCM", 7}, {"SRTP_AEAD_AES_256_GCM", 8}, {"SRTP_AES128_CM_SHA1_80", 1}};
    for (unsigned i = 0; i < 3; i++)
        for (int client = 0; client < 2; client++) {
            struct pair pair;
            open_pair(&pair, client, NULL, 0, rows[i].suite, false);
            settle(&pair);
            CU_ASSERT_EQUAL_FATAL(pair.ours->state, ASSOCIATION_ESTABLISHED);
            CU_ASSERT_TRUE(pair.peer.established);
            CU_ASSERT_TRUE(pair.largest <= 1200);
            check_keys(&pair, srtp_suite_find(rows[i].id));
            close_pair(&pair);
        }
}

// PLATFORM: browsers' ClientHellos take two datagrams, in any order.
static void a_split_hello_is_understood(void)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        struct pair pair;
        open_pair(&pair, false, NULL, 0, SUITES, true);
        CU_ASSERT_TRUE_FATAL(pair.peer.sent_count >= 2);
        CU_ASSERT_TRUE(pair.peer.largest <= 1200);
        if (swapped) {
            struct test_datagram first = pair.peer.sent[0];
            pair.peer.sent[0] = pair.peer.sent[1];
            pair.peer.sent[1] = first;
        }
        settle(&pair);
        CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_ESTABLISHED);
        CU_ASSERT_TRUE(pair.peer.established);
        close_pair(&pair);
    }
}

static void a_wrong_fingerprint_ends_it(void)
{
    struct fingerprint wrong = {"sha-256", "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:"
                                           "88:99:AA:BB:CC:DD:EE:FF"};
    for (int client = 0; client < 2; client++) {
        struct pair pair;
        open_pair(&pair, client, &wrong, 1, SUITES, false);
        settle(&pair);
        CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_FAILED);
        CU_ASSERT_PTR_NOT_NULL(strstr(pair.ours->reason, "fingerprint"));
        CU_ASSERT_EQUAL(pair.peer.alert, SSL_AD_BAD_CERTIFICATE);
        CU_ASSERT_EQUAL(pair.ours->resets, 0);
        close_pair(&pair);
    }
}

static void any_signalled_fingerprint_counts(void)
{
    static const struct {
        const char *hash, *openssl;
        bool right, accepted;
    } rows[] = {{"sha-256", "sha256", true, true},   {"SHA-512", "sha512", true, true},
                {"sha-384", "sha384", true, true},   {"sha-1", "sha1", true, false},
                {"sha-256", "sha256", false, false}, {"md5", "md5", true, false}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct test_peer peer;
        test_peer_open(&peer, true, SUITES, false);
        struct fingerprint two[2] = {{"sha-256", "12:34"}};
        strcpy(two[1].hash, rows[i].hash);
        test_peer_fingerprint(&peer, rows[i].openssl, two[1].value, sizeof(two[1].value));
        if (!rows[i].right)
            two[1].value[0] ^= 1;
        CU_ASSERT_EQUAL(fingerprint_matches(peer.certificate, two, 2), rows[i].accepted);
        CU_ASSERT_FALSE(fingerprint_matches(peer.certificate, two, 0));
        test_peer_close(&peer);
    }
}

static void no_common_suite_exports_nothing(void)
{
    struct pair pair;
    struct transport_keys keys;
    open_pair(&pair, false, NULL, 0, "SRTP_AES128_CM_SHA1_32", false);
    settle(&pair);
    if (pair.ours->state == ASSOCIATION_ESTABLISHED)
        CU_ASSERT_EQUAL(association_export_keys(pair.ours, &keys), -ENOTSUP);
    close_pair(&pair);
}

// Each datagram of the handshake lost once: retransmissions of either side repair it.
static void loss_is_repaired(void)
{
    for (unsigned lost = 0; lost < 4; lost++) {
        struct pair pair;
        open_pair(&pair, false, NULL, 0, SUITES, false);
        pair.lose = 1ULL << lost;
        for (int i = 0; i < 30 && !(pair.peer.established && pair.ours->state == ASSOCIATION_ESTABLISHED); i++) {
            settle(&pair);
            usleep(50000); // OpenSSL's own clock decides when to send again
            pair.now += SECOND / 20;
            association_tick(pair.ours, pair.now);
            test_peer_retransmit(&pair.peer);
        }
        CU_ASSERT_TRUE(pair.peer.established);
        CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_ESTABLISHED);
        close_pair(&pair);
    }
}

static void a_handshake_has_a_time_limit(void)
{
    struct pair pair;
    open_pair(&pair, false, NULL, 0, SUITES, false);
    pair.lose = ~1ULL;
    settle(&pair);
    association_tick(pair.ours, pair.now + 9 * SECOND);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_HANDSHAKING);
    association_tick(pair.ours, pair.now + 10 * SECOND);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(pair.ours->reason, "in time"));
    close_pair(&pair);
}

// A plain alert is anybody's: it costs a handshake, not the session (F01), three times.
static void a_broken_handshake_starts_again(void)
{
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    struct pair pair;
    open_pair(&pair, false, NULL, 0, SUITES, false);
    for (unsigned resets = 1; resets <= ASSOCIATION_RESETS_MAX; resets++) {
        association_input(pair.ours, pair.peer.sent[0].data, pair.peer.sent[0].size, pair.now);
        CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_HANDSHAKING);
        association_input(pair.ours, alert, sizeof(alert), pair.now);
        CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_NEW);
        CU_ASSERT_EQUAL(pair.ours->resets, resets);
        struct association_datagram *datagram;
        while ((datagram = association_next_output(pair.ours)))
            free(datagram);
    }
    settle(&pair);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_ESTABLISHED);
    close_pair(&pair);

    open_pair(&pair, false, NULL, 0, SUITES, false);
    for (unsigned i = 0; i <= ASSOCIATION_RESETS_MAX; i++) {
        association_input(pair.ours, pair.peer.sent[0].data, pair.peer.sent[0].size, pair.now);
        association_input(pair.ours, alert, sizeof(alert), pair.now);
    }
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_FAILED);
    close_pair(&pair);
}

// F09: a fragment that claims a long message reserves nothing, and a handshake cannot go on for ever.
static void a_handshake_has_a_size_limit(void)
{
    uint8_t fragment[13 + 12 + 16] = {22, 0xfe, 0xfd};
    bytes_put16(fragment + 11, sizeof(fragment) - 13);
    fragment[13] = 11;                     // certificate
    fragment[14] = 0, fragment[15] = 0x40; // of 16384 bytes
    fragment[13 + 11] = 16;                // of which these
    struct pair pair;
    open_pair(&pair, false, NULL, 0, SUITES, false);
    association_input(pair.ours, fragment, sizeof(fragment), pair.now);
    CU_ASSERT_EQUAL(pair.ours->resets, 0);
    CU_ASSERT_EQUAL(pair.ours->output_count, 0);
    for (unsigned i = 0; i <= ASSOCIATION_HANDSHAKE_MAX / sizeof(fragment); i++) {
        bytes_put16(fragment + 3 + 6, (uint16_t)i);
        association_input(pair.ours, fragment, sizeof(fragment), pair.now);
    }
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_HANDSHAKING);
    fragment[15] = 0x08; // an acceptable length, but too much in all
    association_input(pair.ours, fragment, sizeof(fragment), pair.now);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_FAILED);
    close_pair(&pair);
}

static void close_notify_goes_both_ways(void)
{
    struct pair pair;
    open_pair(&pair, false, NULL, 0, SUITES, false);
    settle(&pair);
    association_shut_down(pair.ours);
    settle(&pair);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_CLOSED);
    CU_ASSERT_TRUE(pair.peer.closed);
    close_pair(&pair);

    open_pair(&pair, true, NULL, 0, SUITES, false);
    settle(&pair);
    test_peer_shut_down(&pair.peer);
    settle(&pair);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_CLOSED);
    CU_ASSERT_STRING_EQUAL(pair.ours->reason, "closed by the peer");
    close_pair(&pair);
}

static void application_data_is_ignored(void)
{
    struct pair pair;
    open_pair(&pair, false, NULL, 0, SUITES, false);
    settle(&pair);
    SSL_write(pair.peer.ssl, "hello", 5);
    settle(&pair);
    CU_ASSERT_EQUAL(pair.ours->state, ASSOCIATION_ESTABLISHED);
    CU_ASSERT_EQUAL(pair.ours->ignored, 1);
    close_pair(&pair);
}

static void an_identity_survives_its_export(void)
{
    struct dtls_identity_der der;
    struct dtls_identity again;
    CU_ASSERT_EQUAL(dtls_identity_export(&identity, &der), 0);
    CU_ASSERT_EQUAL(dtls_identity_import(&der, &again), 0);
    CU_ASSERT_STRING_EQUAL(again.fingerprint, identity.fingerprint);
    CU_ASSERT_EQUAL(strlen(identity.fingerprint), 95);
    dtls_identity_free(&again);
    der.key[5] ^= 1;
    der.certificate_size = DTLS_IDENTITY_DER_MAX + 1;
    CU_ASSERT_EQUAL(dtls_identity_import(&der, &again), -EINVAL);
}

void association_suite(void)
{
    CU_pSuite suite = CU_add_suite("dtls/association", open_context, close_context);
    CU_add_test(suite, "both roles split the keys as RFC 5764 4.2 says", both_roles_split_the_keys);
    CU_add_test(suite, "a ClientHello over two datagrams is understood", a_split_hello_is_understood);
    CU_add_test(suite, "a wrong fingerprint ends it with an alert", a_wrong_fingerprint_ends_it);
    CU_add_test(suite, "any signalled strong fingerprint counts", any_signalled_fingerprint_counts);
    CU_add_test(suite, "without a common SRTP suite there are no keys", no_common_suite_exports_nothing);
    CU_add_test(suite, "loss is repaired", loss_is_repaired);
    CU_add_test(suite, "a handshake has a time limit", a_handshake_has_a_time_limit);
    CU_add_test(suite, "a broken handshake starts again, three times", a_broken_handshake_starts_again);
    CU_add_test(suite, "a handshake has a size limit", a_handshake_has_a_size_limit);
    CU_add_test(suite, "close_notify goes both ways", close_notify_goes_both_ways);
    CU_add_test(suite, "application data is ignored and counted", application_data_is_ignored);
    CU_add_test(suite, "an identity survives its export", an_identity_survives_its_export);
}
