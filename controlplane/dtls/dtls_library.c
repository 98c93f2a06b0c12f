// SPDX-License-Identifier: Apache-2.0
#include "dtls_library.h"

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/provider.h>
#include <stdbool.h>
#include <string.h>

#define NAME      "naru-dtls"
#define NAMES_MAX 7

// Suites, key exchanges and certificates of DTLS 1.2 as dtls_context.c and RFC 8827 6.5 have them. SHA1 is OpenSSL's
// own, for a certificate's place in its caches; the security level keeps it out of signatures.
static const struct {
    int operation;
    const char *names[NAMES_MAX]; // the first of OpenSSL's own
} wanted[] = {
    {OSSL_OP_DIGEST, {"SHA2-256", "SHA2-384", "SHA2-512", "SHA1"}},
    {OSSL_OP_CIPHER, {"AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"}},
    {OSSL_OP_MAC, {"HMAC"}},
    {OSSL_OP_KDF, {"TLS1-PRF"}},
    {OSSL_OP_RAND, {"CTR-DRBG", "SEED-SRC"}},
    {OSSL_OP_KEYMGMT, {"EC", "X25519", "RSA", "RSA-PSS", "ED25519"}},
    {OSSL_OP_KEYEXCH, {"ECDH", "X25519"}},
    {OSSL_OP_SIGNATURE, {"ECDSA", "RSA", "ED25519"}},
    {OSSL_OP_DECODER, {"EC", "RSA", "RSA-PSS", "ED25519"}},
};
#define OPERATIONS (sizeof(wanted) / sizeof(wanted[0]))

static OSSL_PROVIDER *whole;                             // OpenSSL's default provider, in a library context of its own
static OSSL_ALGORITHM chosen[OPERATIONS][NAMES_MAX + 1]; // by row of `wanted`; each ends with an empty one

// has: "EC:id-ecPublicKey:1.2.840.10045.2.1"
static bool is_among(const char *const names[NAMES_MAX], const char *has)
{
    size_t size = strcspn(has, ":");
    for (unsigned i = 0; i < NAMES_MAX && names[i]; i++)
        if (strlen(names[i]) == size && !strncmp(names[i], has, size))
            return true;
    return false;
}

// A public key as it stands in a certificate (RFC 5280 4.1.2.7), of all that a decoder may be for.
static bool is_of_use(int operation, const char *properties)
{
    return operation != OSSL_OP_DECODER ||
           (strstr(properties, "input=der") && strstr(properties, "structure=SubjectPublicKeyInfo"));
}

static void choose(unsigned row)
{
    int no_store;
    unsigned count = 0;
    const OSSL_ALGORITHM *algorithm = OSSL_PROVIDER_query_operation(whole, wanted[row].operation, &no_store);
    for (; algorithm && algorithm->algorithm_names && count < NAMES_MAX; algorithm++)
        if (is_among(wanted[row].names, algorithm->algorithm_names) &&
            is_of_use(wanted[row].operation, algorithm->property_definition))
            chosen[row][count++] = *algorithm;
}

static const OSSL_ALGORITHM *query(void *unused, int operation, int *ret_no_store)
{
    *ret_no_store = 0;
    for (unsigned row = 0; row < OPERATIONS; row++)
        if (wanted[row].operation == operation)
            return chosen[row];
    return NULL;
}

static int get_capabilities(void *unused, const char *capability, OSSL_CALLBACK *callback, void *argument)
{
    return OSSL_PROVIDER_get_capabilities(whole, capability, callback, argument);
}

static int start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **ret_functions,
                 void **ret_context)
{
    static const OSSL_DISPATCH functions[] = {{OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
                                              {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))get_capabilities},
                                              {0, NULL}};
    whole = OSSL_PROVIDER_load(OSSL_LIB_CTX_new(), "default");
    if (!whole)
        return 0;
    for (unsigned row = 0; row < OPERATIONS; row++)
        choose(row);
    *ret_functions = functions;
    *ret_context = OSSL_PROVIDER_get0_provider_ctx(whole); // what the default provider's functions expect
    return 1;
}

OSSL_LIB_CTX *dtls_library(void)
{
    static OSSL_LIB_CTX *made;
    if (made)
        return made;
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    if (library && OSSL_PROVIDER_add_builtin(library, NAME, start) && OSSL_PROVIDER_load(library, NAME))
        return made = library;
    OSSL_LIB_CTX_free(library);
    return NULL;
}
