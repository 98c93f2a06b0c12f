// SPDX-License-Identifier: Apache-2.0
// Portable backend over OpenSSL's EVP. The keys stay plain data: each packet sets its key into one of the engine's
// contexts.
#include "cipher.h"
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GCM_TAG = 16,
    HMAC_BLOCK = 64,
};

struct openssl {
    EVP_CIPHER_CTX *ctr128, *ctr256, *gcm128, *gcm256;
    EVP_MAC_CTX *hmac;
};

static EVP_CIPHER_CTX *new_cipher(const char *name)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (cipher == NULL || context == NULL || !EVP_CipherInit_ex2(context, cipher, NULL, NULL, 1, NULL)) {
        EVP_CIPHER_CTX_free(context);
        context = NULL;
    }
    EVP_CIPHER_free(cipher); // the context holds its own reference
    return context;
}

static EVP_MAC_CTX *new_hmac(void)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    OSSL_PARAM sha1[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA1"}, 0),
                         OSSL_PARAM_construct_end()};
    if (context != NULL && !EVP_MAC_CTX_set_params(context, sha1)) {
        EVP_MAC_CTX_free(context);
        context = NULL;
    }
    EVP_MAC_free(mac);
    return context;
}

static void stop(struct srtp_engine *engine)
{
    struct openssl *ssl = engine->state;
    EVP_CIPHER_CTX_free(ssl->ctr128);
    EVP_CIPHER_CTX_free(ssl->ctr256);
    EVP_CIPHER_CTX_free(ssl->gcm128);
    EVP_CIPHER_CTX_free(ssl->gcm256);
    EVP_MAC_CTX_free(ssl->hmac);
    free(ssl);
}

static int start(struct srtp_engine *engine)
{
    struct openssl *ssl = calloc(1, sizeof(*ssl));
    if (ssl == NULL)
        return -ENOMEM;
    *ssl = (struct openssl){.ctr128 = new_cipher("AES-128-CTR"),
                            .ctr256 = new_cipher("AES-256-CTR"),
                            .gcm128 = new_cipher("AES-128-GCM"),
                            .gcm256 = new_cipher("AES-256-GCM"),
                            .hmac = new_hmac()};
    engine->state = ssl;
    if (ssl->ctr128 == NULL || ssl->ctr256 == NULL || ssl->gcm128 == NULL || ssl->gcm256 == NULL || ssl->hmac == NULL) {
        stop(engine);
        return -ENOTSUP;
    }
    engine->keys_size = 256;
    snprintf(engine->description, sizeof(engine->description), "%s", OpenSSL_version(OPENSSL_VERSION));
    return 0;
}

static void expand_cm(struct srtp_engine *engine, const uint8_t *key, struct srtp_keys *keys)
{
    memcpy(keys->cm.schedule, key, 16);
}

static void expand_gcm(struct srtp_engine *engine, const uint8_t *key, size_t length, struct srtp_keys *keys)
{
    memcpy(keys->gcm.key_data, key, length);
}

// The key padded with zeros to a block is the same HMAC key (RFC 2104 2): no length to keep.
static void expand_hmac(struct srtp_engine *engine, const uint8_t block[64], struct hmac_sha1_key *key)
{
    memcpy(key->bytes, block, HMAC_BLOCK);
}

static void sha1(struct srtp_engine *engine, const uint8_t *message, size_t length, uint8_t *ret_digest)
{
    bool done = EVP_Q_digest(NULL, "SHA1", NULL, message, length, ret_digest, NULL);
    cipher_must(done);
}

static void run_counter(EVP_CIPHER_CTX *context, const uint8_t *key, const uint8_t *iv, uint8_t *dst,
                        const uint8_t *src, size_t length)
{
    int written;
    bool done = EVP_CipherInit_ex2(context, NULL, key, iv, 1, NULL) &&
                EVP_CipherUpdate(context, dst, &written, src, (int)length);
    cipher_must(done);
}

static void keystream(struct srtp_engine *engine, const uint8_t *key, size_t key_length, const uint8_t iv[16],
                      uint8_t *out, size_t length)
{
    static const uint8_t zeros[256];
    const struct openssl *ssl = engine->state;
    run_counter(key_length == 32 ? ssl->ctr256 : ssl->ctr128, key, iv, out, zeros, length);
}

static void counter(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count)
{
    const struct openssl *ssl = engine->state;
    for (unsigned i = 0; i < count; i++)
        run_counter(ssl->ctr128, jobs[i].keys->cm.schedule, jobs[i].iv, jobs[i].dst, jobs[i].src, jobs[i].length);
}

static void hmac(struct srtp_engine *engine, const struct hmac_sha1_job *jobs, unsigned count)
{
    const struct openssl *ssl = engine->state;
    size_t written;
    for (unsigned i = 0; i < count; i++) {
        bool done = EVP_MAC_init(ssl->hmac, jobs[i].key->bytes, HMAC_BLOCK, NULL) &&
                    EVP_MAC_update(ssl->hmac, jobs[i].message, jobs[i].length) &&
                    EVP_MAC_final(ssl->hmac, jobs[i].ret_tag, &written, HMAC_SHA1_LENGTH);
        cipher_must(done);
    }
}

static EVP_CIPHER_CTX *feed_gcm(const struct srtp_engine *engine, const struct cipher_job *job, int encrypt)
{
    const struct openssl *ssl = engine->state;
    EVP_CIPHER_CTX *context = job->keys->suite == SRTP_SUITE_AEAD_AES_256_GCM ? ssl->gcm256 : ssl->gcm128;
    int written;
    bool done = EVP_CipherInit_ex2(context, NULL, job->keys->gcm.key_data, job->iv, encrypt, NULL) &&
                EVP_CipherUpdate(context, NULL, &written, job->aad, job->aad_length) &&
                (job->length == 0 || EVP_CipherUpdate(context, job->dst, &written, job->src, (int)job->length));
    cipher_must(done);
    return context;
}

static void seal(struct srtp_engine *engine, const struct cipher_job *jobs, unsigned count)
{
    uint8_t none[16];
    int written;
    for (unsigned i = 0; i < count; i++) {
        EVP_CIPHER_CTX *context = feed_gcm(engine, &jobs[i], 1);
        bool done = EVP_CipherFinal_ex(context, none, &written) &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, jobs[i].tag);
        cipher_must(done);
    }
}

static unsigned open(struct srtp_engine *engine, struct cipher_job *jobs, unsigned count)
{
    uint8_t none[16];
    int written;
    unsigned authentic = 0;
    for (unsigned i = 0; i < count; i++) {
        EVP_CIPHER_CTX *context = feed_gcm(engine, &jobs[i], 0);
        jobs[i].authentic = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, jobs[i].tag) &&
                            EVP_CipherFinal_ex(context, none, &written);
        authentic += jobs[i].authentic;
    }
    return authentic;
}

const struct cipher cipher_openssl = {
    .backend = SRTP_BACKEND_OPENSSL,
    .start = start,
    .stop = stop,
    .expand_cm = expand_cm,
    .expand_gcm = expand_gcm,
    .expand_hmac = expand_hmac,
    .sha1 = sha1,
    .keystream = keystream,
    .counter = counter,
    .hmac = hmac,
    .seal = seal,
    .open = open,
};
