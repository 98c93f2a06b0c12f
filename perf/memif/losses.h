// SPDX-License-Identifier: Apache-2.0
// Publishers whose packets are lost on their way to the gateway, which asks for them (RFC 4585 6.2.1): what it asks for
// is sent again as it was. libsrtp2 reads what the gateway says.
#pragma once

#include "rooms.h"

struct losses_counts {
    uint64_t lost;  // on purpose
    uint64_t asked; // lost packets that the gateway asked for, each once; they were sent again
    uint64_t again; // questions for what was sent again already
};
extern struct losses_counts losses_counts;

// One packet of so many is lost from now on, of each 64 of a burst at most one; without libsrtp2 none. 0 or -errno.
int losses_open(const struct rooms *rooms, uint32_t lost_each);
void losses_close(void);

// Which frame of the next count is lost, -1: none.
int losses_next(unsigned count);
// Keeps the frame, until it is asked for or others have taken its place.
void losses_keep(const uint8_t *frame, uint16_t size);

struct lost_frame {
    uint16_t sequence, size;
    bool kept, asked;
    uint8_t data[];
};

// SRTCP from the gateway to a transport: the lost frames that it asks for. Returns how many.
#define LOSSES_MAX 64
unsigned losses_asked(uint32_t transport, const uint8_t *srtcp, size_t size, const struct lost_frame **ret_frames);
