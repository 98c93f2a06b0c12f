// SPDX-License-Identifier: Apache-2.0
#include "ice_request.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define HMAC_SHA1_SIZE 20
#define CHECK_MAX      1500

bool ice_request_parse(const uint8_t *data, size_t size, struct stun_message *ret_message, struct stun_span *ret_ufrag)
{
    if (size > CHECK_MAX || stun_parse(data, size, ret_message) < 0)
        return false;
    if (ret_message->method != STUN_BINDING || ret_message->class != STUN_REQUEST ||
        !stun_has(ret_message, STUN_USERNAME) || !stun_has(ret_message, STUN_MESSAGE_INTEGRITY) ||
        (stun_has(ret_message, STUN_FINGERPRINT) && !stun_check_fingerprint(data, ret_message)))
        return false;
    const struct stun_span *username = &ret_message->attributes[STUN_USERNAME];
    const uint8_t *colon = memchr(data + username->offset, ':', username->size); // "ours:theirs" (RFC 8445 7.2.2)
    if (!colon)
        return false;
    *ret_ufrag = (struct stun_span){username->offset, (uint16_t)(colon - data - username->offset)};
    return true;
}

bool ice_request_is_by(const uint8_t *data, const struct stun_message *message, const char *pwd)
{
    uint8_t covered[CHECK_MAX], tag[HMAC_SHA1_SIZE];
    memcpy(covered, data, message->integrity_size);
    stun_set_length(covered, message->integrity_length);
    return HMAC(EVP_sha1(), pwd, (int)strlen(pwd), covered, message->integrity_size, tag, NULL) &&
           !CRYPTO_memcmp(tag, data + message->attributes[STUN_MESSAGE_INTEGRITY].offset, sizeof(tag));
}
