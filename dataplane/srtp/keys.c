// SPDX-License-Identifier: Apache-2.0
#include "keys.h"
#include "cipher.h"
#include "derive_keys.h"
#include <errno.h>
#include <string.h>

#define CM_KEYS 256

_Static_assert(offsetof(struct srtp_keys, cm.auth) % 16 == 0, "HMAC states are aligned");
_Static_assert(offsetof(struct srtp_keys, cm.schedule) % 16 == 0, "AES-NI loads round keys aligned");
_Static_assert(offsetof(struct srtp_keys, cm.schedule) + 176 == CM_KEYS, "CM keys fill four lines");
_Static_assert(offsetof(struct srtp_keys, gcm.key_data) == 64, "GCM key data starts a line");

size_t srtp_keys_size(const struct srtp_engine *engine, uint16_t suite)
{
    return suite == SRTP_SUITE_NONE || suite >= SRTP_SUITE_AEAD_AES_128_GCM ? engine->keys_size : CM_KEYS;
}

int srtp_keys_expand(struct srtp_engine *engine, uint16_t id, enum srtp_use use,
                     const struct srtp_session_keys *session, struct srtp_keys *ret_keys)
{
    const struct srtp_suite *suite = srtp_suite_find(id);
    if (suite == NULL)
        return -EINVAL;
    explicit_bzero(ret_keys, srtp_keys_size(engine, id));
    memcpy(ret_keys->salt, session->salt, suite->salt_length);
    if (suite->aead) {
        engine->cipher->expand_gcm(engine, session->key, suite->key_length, ret_keys);
    } else {
        engine->cipher->expand_cm(engine, session->key, ret_keys);
        hmac_sha1_key_init(engine, session->auth_key, SRTP_AUTH_KEY_LENGTH, &ret_keys->cm.auth);
    }
    ret_keys->use_backend = keys_use_backend(use, engine->cipher->backend);
    ret_keys->suite = (uint8_t)suite->id;
    return 0;
}

int srtp_keys_init(struct srtp_engine *engine, uint16_t suite, enum srtp_use use, const uint8_t *master_key,
                   const uint8_t *master_salt, struct srtp_keys *ret_keys)
{
    struct srtp_session_keys session;
    int error = srtp_derive_keys(engine, suite, use, master_key, master_salt, &session);
    if (error == 0)
        error = srtp_keys_expand(engine, suite, use, &session, ret_keys);
    explicit_bzero(&session, sizeof(session));
    return error;
}

void srtp_keys_wipe(const struct srtp_engine *engine, struct srtp_keys *keys)
{
    explicit_bzero(keys, srtp_keys_size(engine, keys->suite));
}
