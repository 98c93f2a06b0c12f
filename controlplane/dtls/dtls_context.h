// SPDX-License-Identifier: Apache-2.0
// What all DTLS associations have in common: version, ciphers, certificate, SRTP suites.
#pragma once

#include "config_types.h"
#include "dtls_identity.h"

// suites: names as in srtp/suite.h, the preferred first. 0, -EINVAL (no such suite) or -EIO.
int dtls_context_create(const struct dtls_identity *identity, const struct config_strings *suites,
                        SSL_CTX **ret_context);
void dtls_context_free(SSL_CTX *context);
