// SPDX-License-Identifier: Apache-2.0
// A peer's end of DTLS by OpenSSL; all peers have one certificate.
#pragma once

#include "transport.h"

struct peer;

void peer_openssl_begin(struct peer *peer);
void peer_openssl_input(struct peer *peer, const uint8_t *data, unsigned size);
void peer_openssl_tick(struct peer *peer);
void peer_openssl_close_notify(struct peer *peer);
void peer_openssl_end(struct peer *peer);
void peer_openssl_keys(const struct peer *peer, struct transport_keys *ret_keys);
void peer_openssl_fingerprint(char *ret_text, size_t size);
void peer_openssl_close(void); // what all share
