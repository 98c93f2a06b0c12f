// SPDX-License-Identifier: Apache-2.0
// A peer's end of DTLS: the stand-in, or OpenSSL.
#pragma once

#include "standin.h"

#include <openssl/ssl.h>

struct peer;

struct peer_dtls {
    bool is_open, is_up, is_closed;
    uint8_t certificate[STANDIN_CERTIFICATE];
    struct standin standin;
    uint64_t sent_records; // the stand-in's, of epoch 1

    SSL *ssl; // OpenSSL's; NULL with the stand-in
    const uint8_t *inbox;
    unsigned inbox_size;
};

void peer_dtls_begin(struct peer *peer);
void peer_dtls_input(struct peer *peer, const uint8_t *data, unsigned size);
void peer_dtls_tick(struct peer *peer);
void peer_dtls_close_notify(struct peer *peer);
void peer_dtls_end(struct peer *peer);
void peer_dtls_keys(const struct peer *peer, struct transport_keys *ret_keys);
// As it is signalled; of another certificate for who forges.
void peer_dtls_fingerprint(const struct peer *peer, char *ret_text, size_t size);
