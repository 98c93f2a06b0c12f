// SPDX-License-Identifier: Apache-2.0
#include "derive_keys.h"
#include "cipher.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

// RFC 3711 4.3.1, 4.3.2: the labels of SRTP; those of SRTCP follow in the same order.
enum {
    LABEL_ENCRYPTION = 0,
    LABEL_AUTHENTICATION = 1,
    LABEL_SALT = 2,
    LABELS_PER_USE = 3,
};

void srtp_derive_key(struct srtp_engine *engine, const uint8_t *master_key, size_t key_length,
                     const uint8_t *master_salt, size_t salt_length, uint8_t label, uint8_t *ret_key, size_t length)
{
    assert(salt_length <= SRTP_SALT_LENGTH_MAX && length <= 256);
    uint8_t iv[16] = {0};
    memcpy(iv, master_salt, salt_length);
    iv[7] ^= label; // key_id = label || (index DIV 0 = 0 in 48 bits), aligned right with the 112-bit salt
    engine->cipher->keystream(engine, master_key, key_length, iv, ret_key, length);
    explicit_bzero(iv, sizeof(iv));
}

int srtp_derive_keys(struct srtp_engine *engine, uint16_t id, enum srtp_use use, const uint8_t *master_key,
                     const uint8_t *master_salt, struct srtp_session_keys *ret_session)
{
    const struct srtp_suite *suite = srtp_suite_find(id);
    if (suite == NULL)
        return -EINVAL;
    const struct {
        unsigned label;
        uint8_t *key;
        size_t length;
    } derived[] = {
        {LABEL_ENCRYPTION, ret_session->key, suite->key_length},
        {LABEL_AUTHENTICATION, ret_session->auth_key, suite->aead ? 0 : SRTP_AUTH_KEY_LENGTH},
        {LABEL_SALT, ret_session->salt, suite->salt_length},
    };
    memset(ret_session, 0, sizeof(*ret_session));
    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++)
        if (derived[i].length > 0)
            srtp_derive_key(engine, master_key, suite->key_length, master_salt, suite->salt_length,
                            (uint8_t)(derived[i].label + LABELS_PER_USE * (unsigned)use), derived[i].key,
                            derived[i].length);
    return 0;
}
