// SPDX-License-Identifier: Apache-2.0
// DTLS 1.2 with use_srtp (RFC 5764) over OpenSSL; one write is one datagram.
#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DTLS_MTU             1200
#define DTLS_FINGERPRINT_MAX 64
#define DTLS_MATERIAL_MAX    128

typedef void (*dtls_send_fn)(void *context, const uint8_t *data, size_t size);

enum dtls_state { DTLS_NEW, DTLS_HANDSHAKING, DTLS_ESTABLISHED, DTLS_CLOSED, DTLS_FAILED };

struct dtls_peer {
    SSL *ssl;
    enum dtls_state state;
    bool server;
    X509 *certificate;
    EVP_PKEY *key;
    char hash_name[16]; // of the peer's fingerprint, as OpenSSL names it: "sha256"
    uint8_t expected[DTLS_FINGERPRINT_MAX];
    size_t expected_size;
    const uint8_t *inbox; // the one datagram being read, borrowed during dtls_input
    size_t inbox_size;
    unsigned largest_datagram, datagrams_sent, retransmissions;
    int alert_received, alert_sent; // -1: none
    char error[160];
    dtls_send_fn send;
    void *context;
};

// One context per process. srtp_profiles in OpenSSL's names, separated by ':'. split_hello makes the ClientHello
// larger than the MTU, as browsers' are.
int dtls_context_new(const char *srtp_profiles, bool split_hello, SSL_CTX **ret_context);
int dtls_init(struct dtls_peer *peer, SSL_CTX *shared, dtls_send_fn send, void *context);
void dtls_free(struct dtls_peer *peer);
// "AB:CD:..." of SHA-256 over the own certificate.
void dtls_own_fingerprint(const struct dtls_peer *peer, char ret_text[3 * 32]);
void dtls_start(struct dtls_peer *peer, bool server);
void dtls_input(struct dtls_peer *peer, const uint8_t *data, size_t size);
void dtls_tick(struct dtls_peer *peer);
void dtls_close(struct dtls_peer *peer);
// Keys and salts as RFC 5764 4.2 orders them.
int dtls_export(struct dtls_peer *peer, size_t size, uint8_t ret_material[DTLS_MATERIAL_MAX]);
// The IANA number of the chosen SRTP profile, 0: none.
unsigned long dtls_profile(const struct dtls_peer *peer);
