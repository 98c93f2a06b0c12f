// SPDX-License-Identifier: Apache-2.0
// The certificate and key that this gateway shows in every DTLS handshake, and their fingerprint for SDP.
#pragma once

#include "random.h"

#include <openssl/x509.h>
#include <stdint.h>

#define DTLS_FINGERPRINT_TEXT 96 // "AB:CD:..." of SHA-256 and a NUL
#define DTLS_IDENTITY_DER_MAX 1024

struct dtls_identity {
    X509 *certificate;
    EVP_PKEY *key;
    char fingerprint[DTLS_FINGERPRINT_TEXT]; // SHA-256
};

// The same identity as bytes, for the journal. Wipe it after use.
struct dtls_identity_der {
    uint32_t certificate_size, key_size; // 0: none
    uint8_t certificate[DTLS_IDENTITY_DER_MAX], key[DTLS_IDENTITY_DER_MAX];
};

// A new ECDSA P-256 key (RFC 8827 6.5) with a self-signed certificate that is valid around now (seconds since 1970);
// its serial number is of `random`, its key of OpenSSL's own.
// 0, -ENOMEM, or -EIO when OpenSSL refuses.
int dtls_identity_make(int64_t now, random_fn random, struct dtls_identity *ret_identity);

// From PEM files: 0, -ENOENT, -EACCES..., or -EINVAL when they hold no certificate with its key.
int dtls_identity_load(const char *certificate_path, const char *key_path, struct dtls_identity *ret_identity);

// -EMSGSIZE when it is too large for the journal.
int dtls_identity_export(const struct dtls_identity *identity, struct dtls_identity_der *ret_der);
// -EINVAL for what is no identity.
int dtls_identity_import(const struct dtls_identity_der *der, struct dtls_identity *ret_identity);

void dtls_identity_free(struct dtls_identity *identity);
