// SPDX-License-Identifier: Apache-2.0
// Viewers that lose packets on their side of the link and ask for them (RFC 4585 6.2.1), each at once and by itself.
// libsrtp2 protects what they say.
#pragma once

#include "rooms.h"

struct nack_counts {
    uint64_t lost;   // by the viewers, on purpose; each was asked for
    uint64_t resent; // RTX that came
};
extern struct nack_counts nack_counts;

// One packet of so many is lost from now on; without libsrtp2 none. 0 or -errno.
int nack_open(const struct rooms *rooms, uint32_t lost_each);
void nack_close(void);

// Whether the viewer loses this packet of media. If so, the question: its size, in at least NACK_MAX bytes; else 0.
#define NACK_MAX 192
int nack_ask(uint32_t transport, const uint8_t *rtp, uint8_t *ret_question);
