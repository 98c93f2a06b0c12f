// SPDX-License-Identifier: Apache-2.0
// libsrtp2, one session per key and direction, as its users have them.
#include "crypto.h"

#include <srtp2/srtp.h>
#include <stdlib.h>
#include <string.h>

static srtp_t senders[CRYPTO_PACKETS], receivers[CRYPTO_PACKETS];

static srtp_t make_session(struct crypto_load *load, unsigned i)
{
    srtp_policy_t policy;
    srtp_t session;
    memset(&policy, 0, sizeof(policy));
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, (srtp_profile_t)load->suite);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, (srtp_profile_t)load->suite);
    policy.ssrc.type = ssrc_specific;
    policy.ssrc.value = crypto_ssrc(i, load->burst);
    policy.key = load->master[i];
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
