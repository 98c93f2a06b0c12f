// SPDX-License-Identifier: Apache-2.0
// Inside of this folder: what OpenSSL calls back.
#pragma once

#include "association.h"

// F09: a handshake message larger than this is refused before OpenSSL reserves memory for it.
#define DTLS_MESSAGE_MAX 6144

// SSL_CTX_set_cert_verify_callback: any certificate whose hash was signalled, none else.
int association_verify(X509_STORE_CTX *store, void *unused);
// SSL_CTX_set_info_callback.
void association_note_alert(const SSL *ssl, int where, int code);

// SSL_CTX_set_msg_callback: keeps this side's Finished.
void association_note_message(int written, int version, int content, const void *data, size_t size, SSL *ssl,
                              void *unused);
void association_note_sequences(struct association *association, const uint8_t *data, size_t size);

// A BIO that keeps datagram borders: one write is one datagram for association->output, one read the whole inbox.
BIO *association_bio_new(struct association *association);
