// SPDX-License-Identifier: Apache-2.0
#include "srtp_session.h"

#include <errno.h>
#include <string.h>

#define WINDOW_SIZE 1024

int srtp_session_open(const struct srtp_session_master *master, srtp_ssrc_type_t direction, bool repeats,
                      srtp_t *ret_session)
{
    srtp_profile_t profile = (srtp_profile_t)master->profile;
    unsigned key = srtp_profile_get_master_key_length(profile), salt = srtp_profile_get_master_salt_length(profile);
    uint8_t joined[SRTP_MAX_KEY_LEN];
    srtp_policy_t policy = {
        .ssrc = {.type = direction}, .key = joined, .window_size = WINDOW_SIZE, .allow_repeat_tx = repeats};
    if (key == 0 || key + salt > sizeof(joined) ||
        srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile) != srtp_err_status_ok ||
        srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile) != srtp_err_status_ok)
        return -EINVAL;
    memcpy(joined, master->key, key);
    memcpy(joined + key, master->salt, salt);
    return srtp_create(ret_session, &policy) == srtp_err_status_ok ? 0 : -EINVAL;
}
