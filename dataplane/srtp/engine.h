// SPDX-License-Identifier: Apache-2.0
// One worker's crypto engine: the backend and its scratch arrays. Made once per worker, never shared between threads.
#pragma once
#include <stddef.h>

// Larger bursts are accepted everywhere and worked off in pieces of this many packets.
#define SRTP_BURST_MAX 64

enum srtp_backend {
    SRTP_BACKEND_AUTO = 0, // intel-ipsec-mb where it has a build for this CPU, else OpenSSL
    SRTP_BACKEND_IPSEC_MB = 1,
    SRTP_BACKEND_OPENSSL = 2,
};

struct srtp_engine;

// 0, -ENOTSUP when the backend has no build for this CPU, -ENOMEM.
int srtp_engine_create(enum srtp_backend backend, struct srtp_engine **ret_engine);
void srtp_engine_free(struct srtp_engine *engine);

// The backend that was really taken: never AUTO.
enum srtp_backend srtp_engine_backend(const struct srtp_engine *engine);
// For the start-up table: "ipsec-mb 1.3.0 (avx2)".
const char *srtp_engine_describe(const struct srtp_engine *engine);
