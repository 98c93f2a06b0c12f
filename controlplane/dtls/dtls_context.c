// SPDX-License-Identifier: Apache-2.0
// What all associations of OpenSSL have in common: version, ciphers, certificate, SRTP suites.
#include "dtls_library.h"
#include "openssl_parts.h"

#include <errno.h>
#include <openssl/srtp.h>
#include <stdio.h>
#include <string.h>

// RFC 9147 forbids nothing of 1.2, HAZARDS does: AEAD with forward secrecy alone.
#define CIPHERS                                                                                                        \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"                       \
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305"
#define OPTIONS                                                                                                        \
    (SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |                        \
     SSL_OP_CIPHER_SERVER_PREFERENCE)

// OpenSSL has names of its own for the suites of RFC 5764 and RFC 7714.
static const char *openssl_name(const char *suite)
{
    static const char *const names[][2] = {{"AES_CM_128_HMAC_SHA1_80", "SRTP_AES128_CM_SHA1_80"},
                                           {"AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM"},
                                           {"AEAD_AES_256_GCM", "SRTP_AEAD_AES_256_GCM"}};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!strcmp(suite, names[i][0]))
            return names[i][1];
    return NULL;
}

static int join_suites(const struct config_strings *suites, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < suites->count; i++) {
        const char *name = openssl_name(suites->item[i]);
        if (!name)
            return -EINVAL;
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ":" : "", name);
        if (used >= size)
            return -EINVAL;
    }
    return used ? 0 : -EINVAL;
}

static bool set_up(SSL_CTX *context, const struct dtls_identity *identity, const char *suites)
{
    SSL_CTX_set_options(context, OPTIONS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_quiet_shutdown(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_max_cert_list(context, OPENSSL_CERTIFICATE_LIST_MAX);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, openssl_verify, NULL);
    SSL_CTX_set_msg_callback(context, openssl_note_message);
    return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) && SSL_CTX_set_cipher_list(context, CIPHERS) &&
           SSL_CTX_use_certificate(context, identity->certificate) == 1 &&
           SSL_CTX_use_PrivateKey(context, identity->key) == 1 &&
           SSL_CTX_set_tlsext_use_srtp(context, suites) == 0; // 0 is success here
}

int dtls_context_open(const struct dtls_identity *identity, const struct config_strings *suites, void **ret_context)
{
    char names[256];
    if (join_suites(suites, names, sizeof(names)))
        return -EINVAL;
    OSSL_LIB_CTX *library = dtls_library();
    SSL_CTX *context = library ? SSL_CTX_new_ex(library, NULL, DTLS_method()) : NULL;
    if (!context)
        return -EIO;
    if (!set_up(context, identity, names)) {
        SSL_CTX_free(context);
        return -EIO;
    }
    *ret_context = context;
    return 0;
}

void dtls_context_close(void *context)
{
    SSL_CTX_free(context);
}
