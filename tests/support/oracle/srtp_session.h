// SPDX-License-Identifier: Apache-2.0
// One direction of SRTP and SRTCP by libsrtp2, which judges naru in tests: no line of naru's is in it.
#pragma once
#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdint.h>

// profile: IANA's DTLS-SRTP protection profile, which says how long key and salt are (RFC 5764 4.1.2, RFC 7714 14.2).
struct srtp_session_master {
    uint16_t profile;
    const uint8_t *key, *salt;
};

// repeats: what was sent may be encrypted again, for who sends replays. 0 or -EINVAL; srtp_dealloc ends it.
int srtp_session_open(const struct srtp_session_master *master, srtp_ssrc_type_t direction, bool repeats,
                      srtp_t *ret_session);
