// SPDX-License-Identifier: Apache-2.0
// SRTP as the peers do it: ipsec-mb alone, none of naru's protect code.
#pragma once

#include "keys.h"

#include <stddef.h>
#include <stdint.h>

#define SEAL_BURST 64
#define SEAL_ROOM  16 // bytes behind the tag that a packet must have

struct seal_job {
    const struct srtp_keys *keys;
    uint8_t *packet; // sealed in place
    unsigned header, payload, tag;
    uint32_t ssrc;
    uint64_t index;
};

size_t seal_keys_size(void);
int seal_expand(uint16_t suite, const uint8_t *key, const uint8_t *salt, struct srtp_keys *ret_keys);
void seal_burst(uint16_t suite, const struct seal_job *jobs, unsigned count);

// The first SEAL_PEEK bytes of a sealed packet's payload, in plain; its tag is not looked at.
#define SEAL_PEEK 32
void seal_peek(uint16_t suite, const struct seal_job *job, uint8_t ret_plain[SEAL_PEEK]);
