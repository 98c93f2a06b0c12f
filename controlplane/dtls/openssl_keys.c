// SPDX-License-Identifier: Apache-2.0
// SRTP keys out of a DTLS association.
#include "openssl_parts.h"

#include "suite.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/srtp.h>
#include <string.h>

#define MATERIAL_MAX (2 * (SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX))

// RFC 5764 4.2: client key, server key, client salt, server salt.
static void split(const uint8_t *material, const struct srtp_suite *suite, bool is_client, struct transport_keys *keys)
{
    const uint8_t *salts = material + 2 * suite->key_length;
    unsigned sender = is_client ? 0 : 1, receiver = 1 - sender;
    memcpy(keys->send_key, material + sender * suite->key_length, suite->key_length);
    memcpy(keys->receive_key, material + receiver * suite->key_length, suite->key_length);
    memcpy(keys->send_salt, salts + sender * suite->salt_length, suite->salt_length);
    memcpy(keys->receive_salt, salts + receiver * suite->salt_length, suite->salt_length);
}

int openssl_export_keys(const struct association *association, struct transport_keys *ret_keys)
{
    static const char label[] = "EXTRACTOR-dtls_srtp";
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(association->handshake);
    const struct srtp_suite *suite = profile ? srtp_suite_find((uint16_t)profile->id) : NULL;
    uint8_t material[MATERIAL_MAX];
    if (!suite ||
        SSL_export_keying_material(association->handshake, material, 2U * (suite->key_length + suite->salt_length),
                                   label, sizeof(label) - 1, NULL, 0, 0) != 1)
        return -ENOTSUP;
    memset(ret_keys, 0, sizeof(*ret_keys));
    ret_keys->suite = suite->id;
    split(material, suite, association->is_client, ret_keys);
    OPENSSL_cleanse(material, sizeof(material));
    return 0;
}
