// SPDX-License-Identifier: Apache-2.0
// libsrtp2, one session per key and direction, as its users have them.
#include "libsrtp.h"
#include "crypto.h"

#include <stdlib.h>
#include <string.h>

static srtp_t senders[CRYPTO_PACKETS], receivers[CRYPTO_PACKETS];

static srtp_policy_t policy_of(uint16_t suite, uint8_t *master)
{
    srtp_policy_t policy;
    memset(&policy, 0, sizeof(policy));
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)suite);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)suite);
    policy.key = master;
    return policy;
}

srtp_t libsrtp_open(uint16_t suite, const uint8_t *key, const uint8_t *salt, srtp_ssrc_type_t direction)
{
    uint8_t master[SRTP_KEY_LENGTH_MAX + SRTP_SALT_LENGTH_MAX];
    size_t key_length = srtp_suites[suite].key_length;
    srtp_t session;
    memcpy(master, key, key_length);
    memcpy(master + key_length, salt, SRTP_SALT_LENGTH_MAX);
    srtp_policy_t policy = policy_of(suite, master);
    policy.ssrc.type = direction;
    return srtp_create(&session, &policy) == srtp_err_status_ok ? session : NULL;
}

static srtp_t make_session(struct crypto_load *load, unsigned i)
{
    srtp_policy_t policy = policy_of(load->suite, load->master[i]);
    srtp_t session;
    policy.ssrc.type = ssrc_specific;
    policy.ssrc.value = crypto_ssrc(i, load->burst);
    policy.window_size = 256;
    if (srtp_create(&session, &policy) != srtp_err_status_ok)
        abort();
    return session;
}

bool crypto_start_libsrtp(void)
{
    static bool started;
    if (!started)
        started = srtp_init() == srtp_err_status_ok;
    return started;
}

static bool open_load(struct crypto_load *load)
{
    if (!crypto_start_libsrtp())
        return false;
    for (unsigned i = 0; i < load->burst; i++) {
        senders[i] = make_session(load, i);
        receivers[i] = make_session(load, i);
    }
    return true;
}

static void close_load(struct crypto_load *load)
{
    for (unsigned i = 0; i < load->burst; i++) {
        srtp_dealloc(senders[i]);
        srtp_dealloc(receivers[i]);
    }
}

static void protect(struct crypto_load *load, unsigned first)
{
    for (unsigned i = 0; i < load->burst; i++) {
        int length = (int)(load->header + load->payload);
        if (srtp_protect(senders[i], load->work[first + i], &length) != srtp_err_status_ok)
            abort();
    }
}

static void unprotect(struct crypto_load *load, unsigned first)
{
    for (unsigned i = 0; i < load->burst; i++) {
        int length = (int)(load->header + load->payload + load->tag);
        if (srtp_unprotect(receivers[i], load->work[first + i], &length) != srtp_err_status_ok)
            abort();
    }
}

const struct crypto_engine crypto_libsrtp = {.name = "libsrtp2",
                                             .every = 8,
                                             .in_place = true,
                                             .open = open_load,
                                             .close = close_load,
                                             .protect = protect,
                                             .unprotect = unprotect};
