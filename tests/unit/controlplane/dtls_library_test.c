// SPDX-License-Identifier: Apache-2.0
// The few algorithms of DTLS's own OpenSSL library are enough for every peer, in both roles.
#include "association.h"
#include "controlplane_suites.h"
#include "dtls_library.h"
#include "dtls_test_peer.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL

static const struct config_strings suites = {1, {"AEAD_AES_128_GCM"}};

static EVP_PKEY *make_key(const char *kind)
{
    if (!strcmp(kind, "RSA"))
        return EVP_RSA_gen(2048);
    return kind[0] == 'P' ? EVP_EC_gen(kind) : EVP_PKEY_Q_keygen(NULL, NULL, kind);
}

static void talk(struct association *ours, struct test_peer *peer)
{
    struct association_datagram *datagram;
    for (int turn = 0; turn < 8; turn++) {
        for (unsigned i = 0; i < peer->sent_count; i++)
            association_input(ours, peer->sent[i].data, peer->sent[i].size, SECOND);
        test_peer_clear(peer);
        while ((datagram = association_next_output(ours))) {
            test_peer_input(peer, datagram->data, datagram->size);
            free(datagram);
        }
    }
}

// Whether the keys of both sides are the same in the end.
static bool meet(void *context, bool is_client, const char *peer_key, const char *group, const char *cipher)
{
    struct association *ours;
    struct test_peer peer;
    struct transport_keys keys = {0};
    struct record_layer layer;
    test_peer_open(&peer, !is_client, "SRTP_AEAD_AES_128_GCM", false);
    test_peer_take_key(&peer, make_key(peer_key));
    CU_ASSERT_EQUAL(SSL_set1_groups_list(peer.ssl, group), 1);
    CU_ASSERT_EQUAL(SSL_set_cipher_list(peer.ssl, cipher), 1);
    struct fingerprint own = {.hash = "SHA-256"};
    test_peer_fingerprint(&peer, "sha256", own.value, sizeof(own.value));
    struct association_setup setup = {&dtls_openssl, context, is_client, 1200, 10 * SECOND, &own, 1};
    CU_ASSERT_EQUAL_FATAL(association_open(&setup, &ours), 0);
    if (is_client)
        association_start(ours, SECOND);
    else
        test_peer_input(&peer, NULL, 0);
    talk(ours, &peer);
    bool met = peer.established && !association_export_keys(ours, &keys) && !association_hand_over(ours, &layer);
    association_close(ours);
    test_peer_close(&peer);
    return met;
}

static void check_identity(const char *own_key)
{
    static const char *const peer_keys[] = {"P-256", "P-384", "RSA", "ED25519"};
    static const char *const groups[] = {"X25519:P-256:P-384", "P-256:P-384", "P-384:P-256"};
    static const char *const ciphers[] = {"ECDHE+AES128", "ECDHE+AES256", "ECDHE+CHACHA20"};
    void *context = NULL;
    struct dtls_identity identity = {.key = make_key(own_key)};
    identity.certificate = test_certificate_make(identity.key);
    CU_ASSERT_EQUAL_FATAL(dtls_openssl.open(&identity, &suites, &context), 0);
    for (unsigned row = 0; row < 4 * 3 * 2; row++) {
        const char *peer_key = peer_keys[row % 4], *group = groups[row % 3];
        bool is_client = row >= 12;
        if (is_client && !strcmp(peer_key, "ED25519"))
            continue; // OpenSSL's own DTLS server has no use for such a certificate
        if (!meet(context, is_client, peer_key, group, ciphers[(row + row / 4) % 3])) {
            printf("\n    %s as %s with %s, %s\n", own_key, is_client ? "client" : "server", peer_key, group);
            CU_FAIL("no keys");
        }
    }
    dtls_openssl.close(context);
    dtls_identity_free(&identity);
}

static void certificates_of_each_kind_are_read(void)
{
    check_identity("P-256");
    check_identity("RSA");
}

static void the_rest_is_not_there(void)
{
    EVP_MD *digest = EVP_MD_fetch(dtls_library(), "MD5", NULL);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(dtls_library(), "AES-128-CBC", NULL);
    CU_ASSERT_PTR_NULL(digest);
    CU_ASSERT_PTR_NULL(cipher);
    EVP_MD_free(digest);
    EVP_CIPHER_free(cipher);
}

void dtls_library_suite(void)
{
    CU_pSuite suite = CU_add_suite("dtls_library", NULL, NULL);
    CU_add_test(suite, "certificates, groups and ciphers of each kind", certificates_of_each_kind_are_read);
    CU_add_test(suite, "what DTLS does not need is not there", the_rest_is_not_there);
}
