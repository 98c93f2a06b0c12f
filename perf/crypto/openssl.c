// SPDX-License-Identifier: Apache-2.0
// OpenSSL's EVP, as a careful program would use it: one context per key, set to a new IV per packet.
#include "crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>

static struct {
    EVP_CIPHER_CTX *encrypt, *decrypt;
    EVP_MAC_CTX *mac;
} contexts[CRYPTO_PACKETS];

static void must(bool done)
{
    if (!done)
        abort(); // OpenSSL refuses good arguments
}

static const EVP_CIPHER *cipher_of(const struct crypto_load *load)
{
    if (!crypto_is_aead(load))
        return EVP_aes_128_ctr();
    return load->suite == SRTP_SUITE_AEAD_AES_256_GCM ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

static bool open_load(struct crypto_load *load)
{
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    for (unsigned i = 0; i < load->burst; i++) {
        contexts[i].encrypt = EVP_CIPHER_CTX_new();
        contexts[i].decrypt = EVP_CIPHER_CTX_new();
        contexts[i].mac = EVP_MAC_CTX_new(hmac);
        must(EVP_EncryptInit_ex(contexts[i].encrypt, cipher_of(load), NULL, load->session_key[i], NULL) &&
             EVP_DecryptInit_ex(contexts[i].decrypt, cipher_of(load), NULL, load->session_key[i], NULL) &&
             EVP_MAC_init(contexts[i].mac, load->session_auth[i], SRTP_AUTH_KEY_LENGTH, parameters));
    }
    EVP_MAC_free(hmac);
    return true;
}

static void close_load(struct crypto_load *load)
{
    for (unsigned i = 0; i < load->burst; i++) {
        EVP_CIPHER_CTX_free(contexts[i].encrypt);
        EVP_CIPHER_CTX_free(contexts[i].decrypt);
        EVP_MAC_CTX_free(contexts[i].mac);
    }
}

static void hash(struct crypto_load *load, unsigned packet)
{
    EVP_MAC_CTX *mac = contexts[packet % load->burst].mac;
    uint32_t roc = __builtin_bswap32((uint32_t)((load->index + packet / load->burst) >> 16));
    size_t size;
    must(EVP_MAC_init(mac, NULL, 0, NULL) && EVP_MAC_update(mac, load->work[packet], load->header + load->payload) &&
         EVP_MAC_update(mac, (const uint8_t *)&roc, sizeof(roc)) &&
         EVP_MAC_final(mac, load->tags[packet], &size, sizeof(load->tags[packet])));
}

static void protect_one(struct crypto_load *load, unsigned packet)
{
    EVP_CIPHER_CTX *context = contexts[packet % load->burst].encrypt;
    uint8_t *work = load->work[packet], *tag = load->tags[packet];
    int size, last;
    must(EVP_EncryptInit_ex(context, NULL, NULL, NULL, load->ivs[packet]));
    if (crypto_is_aead(load))
        must(EVP_EncryptUpdate(context, NULL, &size, work, load->header));
    must(
        EVP_EncryptUpdate(context, work + load->header, &size, load->plain[packet] + load->header, (int)load->payload));
    if (crypto_is_aead(load))
        must(EVP_EncryptFinal_ex(context, tag, &last) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, (int)load->tag, tag));
    else
        hash(load, packet);
}

static void unprotect_one(struct crypto_load *load, unsigned packet)
{
    EVP_CIPHER_CTX *context = contexts[packet % load->burst].decrypt;
    uint8_t *payload = load->work[packet] + load->header;
    int size, last;
    if (!crypto_is_aead(load))
        hash(load, packet);
    must(EVP_DecryptInit_ex(context, NULL, NULL, NULL, load->ivs[packet]));
    if (crypto_is_aead(load))
        must(EVP_DecryptUpdate(context, NULL, &size, load->work[packet], load->header) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, (int)load->tag, payload + load->payload));
    must(EVP_DecryptUpdate(context, payload, &size, payload, (int)load->payload));
    if (crypto_is_aead(load))
        must(EVP_DecryptFinal_ex(context, payload + size, &last));
}

static void protect(struct crypto_load *load, unsigned first)
{
    for (unsigned i = first; i < first + load->burst; i++)
        protect_one(load, i);
}

static void unprotect(struct crypto_load *load, unsigned first)
{
    for (unsigned i = first; i < first + load->burst; i++)
        unprotect_one(load, i);
}

const struct crypto_engine crypto_openssl = {.name = "OpenSSL EVP",
                                             .every = 2,
                                             .open = open_load,
                                             .close = close_load,
                                             .protect = protect,
                                             .unprotect = unprotect};
