// SPDX-License-Identifier: Apache-2.0
#include "engine.h"
#include "cipher.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

// In order of preference.
static const struct cipher *const ciphers[] = {
#ifdef NARU_IPSEC_MB
    &cipher_ipsec_mb,
#endif
    &cipher_openssl,
};

static int start(struct srtp_engine *engine, enum srtp_backend backend)
{
    int error = -ENOTSUP;
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]) && error == -ENOTSUP; i++) {
        if (backend != SRTP_BACKEND_AUTO && backend != ciphers[i]->backend)
            continue;
        engine->cipher = ciphers[i];
        error = ciphers[i]->start(engine);
    }
    return error;
}

int srtp_engine_create(enum srtp_backend backend, struct srtp_engine **ret_engine)
{
    size_t size = (sizeof(struct srtp_engine) + 63) & ~(size_t)63;
    struct srtp_engine *engine = aligned_alloc(64, size);
    if (engine == NULL)
        return -ENOMEM;
    memset(engine, 0, size);
    int error = start(engine, backend);
    if (error != 0) {
        free(engine);
        return error;
    }
    *ret_engine = engine;
    return 0;
}

void srtp_engine_free(struct srtp_engine *engine)
{
    if (engine == NULL)
        return;
    engine->cipher->stop(engine);
    explicit_bzero(engine, sizeof(*engine));
    free(engine);
}

enum srtp_backend srtp_engine_backend(const struct srtp_engine *engine)
{
    return engine->cipher->backend;
}

const char *srtp_engine_describe(const struct srtp_engine *engine)
{
    return engine->description;
}
