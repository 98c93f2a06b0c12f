// SPDX-License-Identifier: Apache-2.0
// The other side of a DTLS association: plain OpenSSL over datagrams in memory.
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#define TEST_PEER_QUEUE 64

struct test_datagram {
    unsigned size;
    uint8_t data[2048];
};

struct test_peer {
    SSL_CTX *context;
    SSL *ssl;
    X509 *certificate;
    EVP_PKEY *key;
    bool is_client, established, closed, failed;
    int alert; // received last, -1: none
    const uint8_t *inbox;
    unsigned inbox_size, sent_count, largest;
    struct test_datagram sent[TEST_PEER_QUEUE]; // since the last test_peer_clear
};

// suites in OpenSSL's names. large_hello: a ClientHello of two datagrams, as browsers send it.
void test_peer_open(struct test_peer *peer, bool is_client, const char *suites, bool large_hello);
void test_peer_again(struct test_peer *peer, bool is_client); // another association with the same certificate
void test_peer_close(struct test_peer *peer);
// Before its first flight: another key, which is the peer's from now on, and a certificate for it.
void test_peer_take_key(struct test_peer *peer, EVP_PKEY *key);
X509 *test_certificate_make(EVP_PKEY *key);
void test_peer_fingerprint(const struct test_peer *peer, const char *hash, char *ret_text, size_t size);
// data NULL: go on without (the client's first flight).
void test_peer_input(struct test_peer *peer, const uint8_t *data, unsigned size);
void test_peer_retransmit(struct test_peer *peer); // when its timer says so
void test_peer_shut_down(struct test_peer *peer);
void test_peer_clear(struct test_peer *peer);
