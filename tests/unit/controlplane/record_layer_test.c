// SPDX-License-Identifier: Apache-2.0
// The record layer that goes on where OpenSSL left off, against OpenSSL on the other side, in both roles.
#include "association.h"
#include "bytes.h"
#include "controlplane_suites.h"
#include "dtls_record.h"
#include "dtls_test_peer.h"
#include "system.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000000ULL
#define SUITES "SRTP_AEAD_AES_128_GCM"

static struct dtls_identity identity;
static void *context;

static int open_context(void)
{
    static const struct config_strings suites = {1, {"AEAD_AES_128_GCM"}};
    return dtls_identity_make(time(NULL), system_kernel.random, &identity) ||
           dtls_openssl.open(&identity, &suites, &context);
}

static int close_context(void)
{
    dtls_openssl.close(context);
    dtls_identity_free(&identity);
    return 0;
}

static const char *const ciphers[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                                      "ECDHE-ECDSA-CHACHA20-POLY1305"};

// An association whose records were handed over, and its peer, which knows nothing of that.
struct pair {
    struct test_peer peer;
    struct record_layer layer;
    bool withhold; // the last flight of this side is lost
};

static void carry(struct association *ours, struct pair *pair)
{
    struct association_datagram *datagram;
    while ((datagram = association_next_output(ours))) {
        bool is_last = datagram->data[0] == DTLS_CHANGE_CIPHER_SPEC || ours->state == ASSOCIATION_ESTABLISHED;
        if (!(pair->withhold && is_last))
            test_peer_input(&pair->peer, datagram->data, datagram->size);
        free(datagram);
    }
    static struct test_datagram sent[TEST_PEER_QUEUE];
    unsigned count = pair->peer.sent_count;
    memcpy(sent, pair->peer.sent, count * sizeof(sent[0]));
    test_peer_clear(&pair->peer);
    for (unsigned i = 0; i < count; i++)
        association_input(ours, sent[i].data, sent[i].size, SECOND);
}

static void open_pair(struct pair *pair, bool is_client, const char *cipher, bool withhold)
{
    struct association *ours;
    *pair = (struct pair){.withhold = withhold};
    test_peer_open(&pair->peer, !is_client, SUITES, false);
    CU_ASSERT_EQUAL_FATAL(SSL_set_cipher_list(pair->peer.ssl, cipher), 1);
    struct fingerprint own = {.hash = "sha-256"};
    test_peer_fingerprint(&pair->peer, "sha256", own.value, sizeof(own.value));
    struct association_setup setup = {.engine = &dtls_openssl,
                                      .context = context,
                                      .is_client = is_client,
                                      .mtu = 1200,
                                      .handshake_ns = 10 * SECOND,
                                      .fingerprints = &own,
                                      .fingerprint_count = 1};
    CU_ASSERT_EQUAL_FATAL(association_open(&setup, &ours), 0);
    if (is_client)
        association_start(ours, SECOND);
    else
        test_peer_input(&pair->peer, NULL, 0);
    for (int i = 0; i < 10; i++)
        carry(ours, pair);
    CU_ASSERT_EQUAL_FATAL(ours->state, ASSOCIATION_ESTABLISHED);
    CU_ASSERT_STRING_EQUAL(SSL_get_cipher(pair->peer.ssl), cipher);
    CU_ASSERT_EQUAL_FATAL(association_hand_over(ours, &pair->layer), 0);
    CU_ASSERT_PTR_NULL(ours->handshake);
    association_close(ours);
}

// What the peer sent, handed in; the news of all of it.
static unsigned take(struct pair *pair)
{
    unsigned news = 0;
    for (unsigned i = 0; i < pair->peer.sent_count; i++)
        news |= record_layer_input(&pair->layer, pair->peer.sent[i].data, pair->peer.sent[i].size, NULL);
    test_peer_clear(&pair->peer);
    return news;
}

static void every_cipher_goes_on_in_both_roles(void)
{
    uint8_t record[64], plain[64];
    for (unsigned i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++)
        for (int client = 0; client < 2; client++) {
            struct pair pair;
            open_pair(&pair, client, ciphers[i], false);
            CU_ASSERT_TRUE(record_layer_reserve(&pair.layer));
            int size = record_layer_seal(&pair.layer, DTLS_APPLICATION_DATA, (const uint8_t *)"naru", 4, record,
                                         sizeof(record));
            CU_ASSERT_TRUE_FATAL(size > 0);
            pair.peer.inbox = record;
            pair.peer.inbox_size = (unsigned)size;
            CU_ASSERT_EQUAL(SSL_read(pair.peer.ssl, plain, sizeof(plain)), 4);
            CU_ASSERT_EQUAL(memcmp(plain, "naru", 4), 0);
            SSL_write(pair.peer.ssl, "hello", 5);
            CU_ASSERT_EQUAL(take(&pair), RECORD_NEWS_IGNORED);
            test_peer_shut_down(&pair.peer);
            CU_ASSERT_EQUAL(take(&pair), RECORD_NEWS_CLOSED);
            size = record_layer_close_notify(&pair.layer, record, sizeof(record));
            CU_ASSERT_TRUE_FATAL(size > 0);
            test_peer_input(&pair.peer, record, (unsigned)size);
            CU_ASSERT_TRUE(pair.peer.closed);
            test_peer_close(&pair.peer);
        }
}

// RFC 6347 4.2.4: the peer repeats its last flight until it has ours.
static void a_lost_last_flight_is_said_again(void)
{
    uint8_t flight[RECORD_LAYER_FLIGHT];
    for (unsigned i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        struct pair pair;
        open_pair(&pair, false, ciphers[i], true);
        CU_ASSERT_FALSE_FATAL(pair.peer.established);
        record_layer_reserve(&pair.layer);
        for (int tries = 0; tries < 30 && !pair.peer.established; tries++) {
            nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); // OpenSSL's own clock decides
            test_peer_retransmit(&pair.peer);
            if (!(take(&pair) & RECORD_NEWS_REPEATED))
                continue;
            int size = record_layer_last_flight(&pair.layer, flight, sizeof(flight));
            CU_ASSERT_TRUE_FATAL(size > 0);
            test_peer_input(&pair.peer, flight, (unsigned)size);
        }
        CU_ASSERT_TRUE(pair.peer.established);
        test_peer_close(&pair.peer);
    }
    struct pair pair;
    open_pair(&pair, true, ciphers[0], false);
    record_layer_reserve(&pair.layer);
    CU_ASSERT_EQUAL(record_layer_last_flight(&pair.layer, flight, sizeof(flight)), -ENOENT); // the server spoke last
    test_peer_close(&pair.peer);
}

static uint64_t number_of(const uint8_t *record)
{
    return bytes_get48(record + 5);
}

// F11: a successor starts from what was stored, whatever its predecessor did afterwards.
static void no_number_is_used_twice(void)
{
    uint8_t record[64];
    struct pair pair;
    open_pair(&pair, false, ciphers[0], false);
    CU_ASSERT_EQUAL(record_layer_close_notify(&pair.layer, record, sizeof(record)), -ENOBUFS); // nothing is reserved
    uint64_t highest = 0;
    struct record_layer stored = pair.layer;
    for (int life = 0; life < 3; life++) {
        struct record_layer layer = stored;
        record_layer_resume(&layer);
        for (int i = 0; i < 50; i++) {
            if (record_layer_reserve(&layer))
                stored = layer;
            CU_ASSERT_TRUE_FATAL(record_layer_close_notify(&layer, record, sizeof(record)) > 0);
            CU_ASSERT_TRUE(number_of(record) > highest);
            highest = number_of(record);
            CU_ASSERT_EQUAL(memcmp(record + 13, record + 3, 8), 0); // the nonce is epoch and number
        }
    }
    test_peer_input(&pair.peer, record, RECORD_LAYER_OVERHEAD + 2);
    CU_ASSERT_TRUE(pair.peer.closed);
    test_peer_close(&pair.peer);
}

static void replayed_forged_and_plain_records_change_nothing(void)
{
    static const uint8_t plain_alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0};
    struct pair pair;
    open_pair(&pair, false, ciphers[0], false);
    SSL_write(pair.peer.ssl, "one", 3);
    test_peer_shut_down(&pair.peer);
    CU_ASSERT_EQUAL_FATAL(pair.peer.sent_count, 2);
    struct test_datagram one = pair.peer.sent[0], end = pair.peer.sent[1], forged = end;
    forged.data[forged.size - 1] ^= 1;
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, plain_alert, sizeof(plain_alert), NULL), RECORD_NEWS_DROPPED);
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, forged.data, forged.size, NULL), RECORD_NEWS_DROPPED);
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, end.data, end.size, NULL), RECORD_NEWS_CLOSED);
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, end.data, end.size, NULL), RECORD_NEWS_DROPPED);
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, one.data, one.size, NULL), RECORD_NEWS_IGNORED); // late, but new
    CU_ASSERT_EQUAL(record_layer_input(&pair.layer, one.data, one.size, NULL), RECORD_NEWS_DROPPED);
    for (unsigned size = 0; size < end.size; size++)
        CU_ASSERT_EQUAL(record_layer_input(&pair.layer, end.data, size, NULL) & ~RECORD_NEWS_DROPPED, 0);
    test_peer_close(&pair.peer);
}

// RFC 6347 4.1.2.6, over the window's whole width.
static void the_window_is_64_wide(void)
{
    static const struct {
        unsigned record;
        int verdict;
    } rows[] = {{0, 0},        {0, -EALREADY}, {63, 0},         {1, 0},         {1, -EALREADY},
                {64, 0},       {0, -ESTALE},   {1, -EALREADY},  {2, 0},         {99, 0},
                {35, -ESTALE}, {36, 0},        {36, -EALREADY}, {99, -EALREADY}};
    static struct test_datagram sent[100];
    uint8_t plain[RECORD_LAYER_PLAIN];
    struct pair pair;
    open_pair(&pair, true, ciphers[0], false);
    for (unsigned i = 0; i < 100; i++) {
        test_peer_clear(&pair.peer);
        SSL_write(pair.peer.ssl, "x", 1);
        sent[i] = pair.peer.sent[0];
    }
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dtls_record record;
        struct dtls_record_iterator records = dtls_record_begin(sent[rows[i].record].data, sent[rows[i].record].size);
        CU_ASSERT_TRUE_FATAL(dtls_record_next(&records, &record));
        CU_ASSERT_EQUAL(record_layer_open(&pair.layer, &record, plain), rows[i].verdict ? rows[i].verdict : 1);
    }
    test_peer_close(&pair.peer);
}

void record_layer_suite(void)
{
    CU_pSuite suite = CU_add_suite("dtls/record_layer", open_context, close_context);
    CU_add_test(suite, "every cipher goes on in both roles", every_cipher_goes_on_in_both_roles);
    CU_add_test(suite, "a lost last flight is said again", a_lost_last_flight_is_said_again);
    CU_add_test(suite, "no number is used twice, over restarts", no_number_is_used_twice);
    CU_add_test(suite, "replayed, forged and plain records change nothing",
                replayed_forged_and_plain_records_change_nothing);
    CU_add_test(suite, "the replay window is 64 wide", the_window_is_64_wide);
}
