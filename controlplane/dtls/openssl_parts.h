// SPDX-License-Identifier: Apache-2.0
// Inside of the OpenSSL engine: its files, and what OpenSSL calls back.
#pragma once

#include "association.h"

#include <openssl/ssl.h>

#define OPENSSL_CERTIFICATE_LIST_MAX 6144 // bytes, as the largest message that association.c lets pass

// openssl_engine.c, for SSL_CTX_set_cert_verify_callback: any certificate whose hash was signalled, none else.
int openssl_verify(X509_STORE_CTX *store, void *unused);

// openssl_records.c, for SSL_CTX_set_msg_callback: keeps this side's Finished.
void openssl_note_message(int written, int version, int content, const void *data, size_t size, SSL *ssl, void *unused);
void openssl_note_sequences(struct association *association, const uint8_t *data, size_t size);
int openssl_hand_over(const struct association *association, struct record_layer *ret_layer);

// openssl_keys.c
int openssl_export_keys(const struct association *association, struct transport_keys *ret_keys);

// openssl_bio.c: a BIO that keeps datagram borders: one write is one datagram of the association, one read the whole
// inbox.
BIO *openssl_bio_new(struct association *association);

// dtls_context.c
int dtls_context_open(const struct dtls_identity *identity, const struct config_strings *suites, void **ret_context);
void dtls_context_close(void *context);
