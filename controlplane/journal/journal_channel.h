// SPDX-License-Identifier: Apache-2.0
// The open data channels of a peer, as a successor needs them: they outlive naru-control, since SCTP is begun anew over
// the same DTLS. Of more than can be kept, or with a longer label, it is known which streams they have: those are
// closed.
#pragma once

#include "layout.h"

#define JOURNAL_CHANNELS         64
#define JOURNAL_CHANNEL_LABEL    64
#define JOURNAL_CHANNEL_PROTOCOL 32
#define JOURNAL_STREAMS          1024

enum { JOURNAL_ORDERED = 1, JOURNAL_NEGOTIATED = 2, JOURNAL_BY_PEER = 4, JOURNAL_FOR_ROOM = 8, JOURNAL_ANSWERED = 16 };

struct journal_channel {
    uint32_t number;
    uint16_t stream, priority;
    int32_t max_retransmits, max_packet_life_time; // -1: none
    uint64_t low_threshold;
    uint8_t flags;
    char label[JOURNAL_CHANNEL_LABEL], protocol[JOURNAL_CHANNEL_PROTOCOL];
    TABLES_SPARE(7);
};

struct journal_channels {
    uint32_t generation; // of its transport; 0: none
    uint32_t count;
    uint64_t others[JOURNAL_STREAMS / 64]; // bits: streams of channels that are not in the list
    struct journal_channel list[JOURNAL_CHANNELS];
};
_Static_assert(sizeof(struct journal_channel) % 8 == 0, "any number of them is published");
