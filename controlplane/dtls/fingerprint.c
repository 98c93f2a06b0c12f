// SPDX-License-Identifier: Apache-2.0
#include "fingerprint.h"

#include <errno.h>
#include <openssl/evp.h>
#include <strings.h>

static const EVP_MD *find_hash(const char *hash)
{
    static const struct {
        const char *name;
        const EVP_MD *(*get)(void);
    } hashes[] = {{"sha-256", EVP_sha256}, {"sha-384", EVP_sha384}, {"sha-512", EVP_sha512}};
    for (unsigned i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        if (!strcasecmp(hash, hashes[i].name))
            return hashes[i].get();
    return NULL;
}

bool fingerprint_is_strong(const char *hash)
{
    return find_hash(hash) != NULL;
}

int fingerprint_of(const X509 *certificate, const char *hash, char *ret_text, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    const EVP_MD *algorithm = find_hash(hash);
    if (!algorithm || !X509_digest(certificate, algorithm, digest, &length))
        return -ENOTSUP;
    if (size < 3 * (size_t)length)
        return -ENOSPC;
    for (unsigned i = 0; i < length; i++) {
        ret_text[3 * i] = digits[digest[i] >> 4];
        ret_text[3 * i + 1] = digits[digest[i] & 15];
        ret_text[3 * i + 2] = i + 1 == length ? 0 : ':';
    }
    return 0;
}

bool fingerprint_matches(const X509 *certificate, const struct fingerprint *fingerprints, unsigned count)
{
    char own[3 * EVP_MAX_MD_SIZE];
    for (unsigned i = 0; i < count; i++)
        if (!fingerprint_of(certificate, fingerprints[i].hash, own, sizeof(own)) &&
            !strcasecmp(own, fingerprints[i].value))
            return true;
    return false;
}
