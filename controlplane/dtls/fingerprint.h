// SPDX-License-Identifier: Apache-2.0
// Certificate fingerprints (RFC 8122 5): what a peer signalled against what it shows.
#pragma once

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#define FINGERPRINTS_MAX 8

struct fingerprint {
    char hash[16];   // "sha-256", any case
    char value[192]; // "AB:CD:...", any case
};

// SHA-256, 384 and 512: nothing weaker proves anything.
bool fingerprint_is_strong(const char *hash);

// Writes upper case hexadecimal with colons. 0, -ENOTSUP (hash), -ENOSPC.
int fingerprint_of(const X509 *certificate, const char *hash, char *ret_text, size_t size);

// Whether the certificate has one of them; weak hashes do not count, and an empty list never matches.
bool fingerprint_matches(const X509 *certificate, const struct fingerprint *fingerprints, unsigned count);
