// SPDX-License-Identifier: Apache-2.0
// An independent look at what left the gateway: libsrtp2 decrypts a sample, and the plaintext is what the source sent.
#pragma once

#include "traffic.h"

#define ORACLE_SAMPLE 256

// While looking, packets sent under this payload type are kept until there are ORACLE_SAMPLE: media, or what was sent
// again of it.
void oracle_look(uint8_t payload_type);

// The same, for who looks himself.
void oracle_keep(const uint8_t *frame, uint32_t size);

// Ends the looking. How many of the kept packets were right; -1: one was wrong, said on stderr; 0 without libsrtp2.
int oracle_verify(const struct traffic *traffic);
