// SPDX-License-Identifier: Apache-2.0
// SDP with SRTP keys in it (RFC 4568), as far as two legs of a relay need it.
#pragma once

#include "leg.h"

#include <stddef.h>

struct sdes_leg {
    const char *address; // IPv4
    uint16_t port;
    const struct leg_suite *suite;
    unsigned tag;
    uint8_t master[LEG_MASTER_MAX];
};

// One video section. The length; -ENOSPC.
int sdes_write(const struct sdes_leg *leg, char *ret_text, size_t size);

// Port, tag and key of the first section, for this suite. -EBADMSG: it is not a description with such a key.
int sdes_read(const char *text, size_t size, const struct leg_suite *suite, struct sdes_leg *ret_leg);
