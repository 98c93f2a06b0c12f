// SPDX-License-Identifier: Apache-2.0
// From OpenSSL's hands into record_layer.h: the keys of an association that is established.
#include "openssl_parts.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <string.h>

#define KEY_BLOCK_MAX (2 * (32 + 12))

struct shape {
    int nid;
    uint8_t cipher, key_size, iv_size;
};

static const struct shape *find_shape(const SSL_CIPHER *cipher)
{
    static const struct shape shapes[] = {{NID_aes_128_gcm, RECORD_AES_128_GCM, 16, 4},
                                          {NID_aes_256_gcm, RECORD_AES_256_GCM, 32, 4},
                                          {NID_chacha20_poly1305, RECORD_CHACHA20_POLY1305, 32, 12}};
    for (unsigned i = 0; cipher && i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (SSL_CIPHER_get_cipher_nid(cipher) == shapes[i].nid)
            return &shapes[i];
    return NULL;
}

// Once per process.
static EVP_KDF *prf(void)
{
    static EVP_KDF *fetched;
    if (!fetched)
        fetched = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_PRF, NULL);
    return fetched;
}

// RFC 5246 6.3
static bool expand(SSL *ssl, const SSL_CIPHER *cipher, uint8_t *block, size_t size)
{
    uint8_t master[SSL_MAX_MASTER_KEY_LENGTH], label[] = "key expansion";
    uint8_t seed[2 * SSL3_RANDOM_SIZE];
    size_t master_size = SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof(master));
    char *digest = (char *)EVP_MD_get0_name(SSL_CIPHER_get_handshake_digest(cipher));
    SSL_get_server_random(ssl, seed, SSL3_RANDOM_SIZE);
    SSL_get_client_random(ssl, seed + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master, master_size),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label, sizeof(label) - 1),
                               OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, sizeof(seed)),
                               OSSL_PARAM_construct_end()};
    EVP_KDF_CTX *context = prf() ? EVP_KDF_CTX_new(prf()) : NULL;
    bool ok = context && EVP_KDF_derive(context, block, size, parameters) == 1;
    EVP_KDF_CTX_free(context);
    OPENSSL_cleanse(master, sizeof(master));
    return ok;
}

// client key, server key, client IV, server IV
static void split(const uint8_t *block, const struct shape *shape, bool is_client, struct record_layer *layer)
{
    unsigned sender = is_client ? 0 : 1, receiver = 1 - sender;
    const uint8_t *ivs = block + 2 * shape->key_size;
    memcpy(layer->send_key, block + sender * shape->key_size, shape->key_size);
    memcpy(layer->receive_key, block + receiver * shape->key_size, shape->key_size);
    memcpy(layer->send_iv, ivs + sender * shape->iv_size, shape->iv_size);
    memcpy(layer->receive_iv, ivs + receiver * shape->iv_size, shape->iv_size);
}

void openssl_note_message(int written, int version, int content, const void *data, size_t size, SSL *ssl, void *unused)
{
    struct association *association = SSL_get_app_data(ssl);
    if (association && written && content == SSL3_RT_HANDSHAKE && size == RECORD_LAYER_FINISHED &&
        *(const uint8_t *)data == SSL3_MT_FINISHED)
        memcpy(association->finished, data, size);
}

void openssl_note_sequences(struct association *association, const uint8_t *data, size_t size)
{
    struct dtls_record_iterator records = dtls_record_begin(data, size);
    struct dtls_record record;
    while (dtls_record_next(&records, &record))
        if (record.sequence >= association->next_sequence)
            association->next_sequence = record.sequence + 1;
}

int openssl_hand_over(const struct association *association, struct record_layer *ret_layer)
{
    uint8_t block[KEY_BLOCK_MAX];
    SSL *ssl = association->handshake;
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    const struct shape *shape = find_shape(cipher);
    if (SSL_version(ssl) != DTLS1_2_VERSION || !shape)
        return -ENOTSUP;
    if (!expand(ssl, cipher, block, 2U * (shape->key_size + shape->iv_size)))
        return -EIO;
    memset(ret_layer, 0, sizeof(*ret_layer));
    ret_layer->cipher = shape->cipher;
    ret_layer->has_finished = !association->is_client; // RFC 5246 7.3: a full handshake ends with the server's
    ret_layer->next_sequence = ret_layer->reserved_until = association->next_sequence;
    memcpy(ret_layer->finished, association->finished, sizeof(ret_layer->finished));
    split(block, shape, association->is_client, ret_layer);
    OPENSSL_cleanse(block, sizeof(block));
    return 0;
}
