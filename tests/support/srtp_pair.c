// SPDX-License-Identifier: Apache-2.0
#include "srtp_pair.h"

#include "srtp_session.h"

#include <errno.h>
#include <string.h>

static const struct srtp_pair_suite suites[] = {
    {"AES_CM_128_HMAC_SHA1_80", "SRTP_AES128_CM_SHA1_80", 0x0001, 16, 14},
    {"AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM", 0x0007, 16, 12},
    {"AEAD_AES_256_GCM", "SRTP_AEAD_AES_256_GCM", 0x0008, 32, 12},
};

const struct srtp_pair_suite *srtp_pair_suite_named(const char *name)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (!strcmp(suites[i].name, name))
            return &suites[i];
    return NULL;
}

const struct srtp_pair_suite *srtp_pair_suite_of(unsigned long profile)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (suites[i].profile == profile)
            return &suites[i];
    return NULL;
}

const char *srtp_pair_profiles(const char *suite_name)
{
    const struct srtp_pair_suite *suite = suite_name ? srtp_pair_suite_named(suite_name) : NULL;
    return suite ? suite->openssl : "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";
}

static int open_one(const struct srtp_pair_suite *suite, const uint8_t *key, const uint8_t *salt,
                    srtp_ssrc_type_t direction, srtp_t *ret_session)
{
    const struct srtp_session_master master = {(uint16_t)suite->profile, key, salt};
    return srtp_session_open(&master, direction, false, ret_session);
}

// RFC 5764 4.2: client key, server key, client salt, server salt.
int srtp_pair_open(struct srtp_pair *pair, const struct srtp_pair_suite *suite, const uint8_t *material, bool client)
{
    const uint8_t *client_key = material, *server_key = material + suite->key_size;
    const uint8_t *client_salt = server_key + suite->key_size, *server_salt = client_salt + suite->salt_size;
    *pair = (struct srtp_pair){0};
    if (open_one(suite, client ? client_key : server_key, client ? client_salt : server_salt, ssrc_any_outbound,
                 &pair->out) ||
        open_one(suite, client ? server_key : client_key, client ? server_salt : client_salt, ssrc_any_inbound,
                 &pair->in)) {
        srtp_pair_close(pair);
        return -EINVAL;
    }
    return 0;
}

void srtp_pair_close(struct srtp_pair *pair)
{
    if (pair->in)
        srtp_dealloc(pair->in);
    if (pair->out)
        srtp_dealloc(pair->out);
    pair->in = pair->out = NULL;
}

static int judge(srtp_err_status_t status, int size, struct srtp_pair_counters *counters)
{
    if (status == srtp_err_status_ok)
        return size;
    if (status == srtp_err_status_auth_fail)
        counters->authentication_failed++;
    else if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old)
        counters->replayed++;
    else
        counters->malformed++;
    return -EBADMSG;
}

int srtp_pair_seal_rtp(struct srtp_pair *pair, uint8_t *packet, size_t size)
{
    int length = (int)size;
    return srtp_protect(pair->out, packet, &length) == srtp_err_status_ok ? length : -EBADMSG;
}

int srtp_pair_seal_rtcp(struct srtp_pair *pair, uint8_t *packet, size_t size)
{
    int length = (int)size;
    return srtp_protect_rtcp(pair->out, packet, &length) == srtp_err_status_ok ? length : -EBADMSG;
}

int srtp_pair_unseal_rtp(struct srtp_pair *pair, uint8_t *packet, size_t size)
{
    int length = (int)size;
    srtp_err_status_t status = srtp_unprotect(pair->in, packet, &length);
    return judge(status, length, &pair->rtp);
}

int srtp_pair_unseal_rtcp(struct srtp_pair *pair, uint8_t *packet, size_t size)
{
    int length = (int)size;
    srtp_err_status_t status = srtp_unprotect_rtcp(pair->in, packet, &length);
    return judge(status, length, &pair->rtcp);
}
