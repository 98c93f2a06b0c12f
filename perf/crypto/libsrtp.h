// SPDX-License-Identifier: Apache-2.0
// Sessions of libsrtp2 that look independently at what the gateway does. Only where libsrtp2 is (NARU_PERF_LIBSRTP).
#pragma once

#include <srtp2/srtp.h>
#include <stdint.h>

// Any SSRC of one direction. The caller deallocates it. NULL: no memory, or libsrtp2 does not know the suite.
srtp_t libsrtp_open(uint16_t suite, const uint8_t *key, const uint8_t *salt, srtp_ssrc_type_t direction);
