// SPDX-License-Identifier: Apache-2.0
#include "dtls_identity.h"

#include "fingerprint.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#define DAY           86400
#define VALID_DAYS    365
#define BACKDATE_DAYS 1 // peers whose clock is behind

static int finish(struct dtls_identity *identity, struct dtls_identity *ret_identity)
{
    if (fingerprint_of(identity->certificate, "sha-256", identity->fingerprint, sizeof(identity->fingerprint))) {
        dtls_identity_free(identity);
        return -EIO;
    }
    *ret_identity = *identity;
    return 0;
}

static bool fill_certificate(X509 *certificate, EVP_PKEY *key, int64_t now, random_fn random)
{
    uint32_t serial;
    random(&serial, sizeof(serial));
    time_t begin = (time_t)(now - BACKDATE_DAYS * DAY), end = (time_t)(now + VALID_DAYS * DAY);
    X509_NAME *name = X509_get_subject_name(certificate);
    // Nothing in it names the machine: only its hash counts.
    return X509_set_version(certificate, X509_VERSION_3) &&
           ASN1_INTEGER_set(X509_get_serialNumber(certificate), (serial >> 1) | 1) &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), begin) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), end) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"WebRTC", -1, -1, 0) &&
           X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
           X509_sign(certificate, key, EVP_sha256());
}

int dtls_identity_make(int64_t now, random_fn random, struct dtls_identity *ret_identity)
{
    struct dtls_identity identity = {.certificate = X509_new(), .key = EVP_EC_gen("P-256")};
    if (identity.certificate && identity.key && fill_certificate(identity.certificate, identity.key, now, random))
        return finish(&identity, ret_identity);
    dtls_identity_free(&identity);
    return -EIO;
}

int dtls_identity_load(const char *certificate_path, const char *key_path, struct dtls_identity *ret_identity)
{
    struct dtls_identity identity = {0};
    FILE *file = fopen(certificate_path, "re");
    if (!file)
        return -errno;
    identity.certificate = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    file = fopen(key_path, "re");
    if (!file) {
        int error = -errno;
        dtls_identity_free(&identity);
        return error;
    }
    identity.key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    if (identity.certificate && identity.key && X509_check_private_key(identity.certificate, identity.key) == 1)
        return finish(&identity, ret_identity);
    dtls_identity_free(&identity);
    return -EINVAL;
}

int dtls_identity_export(const struct dtls_identity *identity, struct dtls_identity_der *ret_der)
{
    int certificate_size = i2d_X509(identity->certificate, NULL), key_size = i2d_PrivateKey(identity->key, NULL);
    if (certificate_size <= 0 || key_size <= 0 || certificate_size > DTLS_IDENTITY_DER_MAX ||
        key_size > DTLS_IDENTITY_DER_MAX)
        return -EMSGSIZE;
    memset(ret_der, 0, sizeof(*ret_der));
    uint8_t *certificate_end = ret_der->certificate, *key_end = ret_der->key;
    ret_der->certificate_size = (uint32_t)i2d_X509(identity->certificate, &certificate_end);
    ret_der->key_size = (uint32_t)i2d_PrivateKey(identity->key, &key_end);
    return 0;
}

int dtls_identity_import(const struct dtls_identity_der *der, struct dtls_identity *ret_identity)
{
    if (!der->certificate_size || !der->key_size || der->certificate_size > DTLS_IDENTITY_DER_MAX ||
        der->key_size > DTLS_IDENTITY_DER_MAX)
        return -EINVAL;
    const uint8_t *certificate = der->certificate, *key = der->key;
    struct dtls_identity identity = {.certificate = d2i_X509(NULL, &certificate, der->certificate_size),
                                     .key = d2i_AutoPrivateKey(NULL, &key, der->key_size)};
    if (identity.certificate && identity.key && X509_check_private_key(identity.certificate, identity.key) == 1)
        return finish(&identity, ret_identity);
    dtls_identity_free(&identity);
    return -EINVAL;
}

void dtls_identity_free(struct dtls_identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key); // wipes the key
    *identity = (struct dtls_identity){0};
}
