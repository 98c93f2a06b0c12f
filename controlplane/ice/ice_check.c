// SPDX-License-Identifier: Apache-2.0
#include "ice_check.h"

#include "stun_writer.h"
#include "transport.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

int ice_check_write(const struct ice_check *check, const char *local_ufrag, const char *remote_ufrag,
                    const char *remote_pwd, uint8_t *data, size_t capacity)
{
    char username[ICE_UFRAG_SIZE + LOCAL_UFRAG_SIZE + 2];
    int size = snprintf(username, sizeof(username), "%s:%s", remote_ufrag, local_ufrag);
    const struct stun_binding_request request = {.username = username,
                                                 .username_size = (size_t)size,
                                                 .priority = check->priority,
                                                 .tie_breaker = check->tie_breaker,
                                                 .controlling = check->is_controlling,
                                                 .use_candidate = check->use_candidate};
    struct stun_writer writer;
    size_t covered;
    unsigned length;
    stun_write_binding_request(&writer, data, capacity, check->transaction, &request);
    uint8_t *integrity = stun_write_integrity(&writer, &covered);
    if (integrity)
        HMAC(EVP_sha1(), remote_pwd, (int)strlen(remote_pwd), data, covered, integrity, &length);
    stun_write_fingerprint(&writer);
    return stun_writer_finish(&writer);
}
