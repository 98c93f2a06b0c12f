// SPDX-License-Identifier: Apache-2.0
// Two ends of data channels with an SCTP of a few lines between them, which a test can stop, lose and restart.
#pragma once

#include "data_channels.h"

#define PAIR_EVENTS 4096
#define PAIR_LINK   8192

struct pair_message {
    struct link_message message;
    uint8_t *data;
};

struct pair_end {
    struct pair *pair;
    struct data_channels *channels;
    struct data_channel_event events[PAIR_EVENTS];
    char reasons[PAIR_EVENTS][96];
    unsigned event_count;
    uint8_t *last; // the last message; last_size bytes
    size_t last_size;
    uint64_t opened, closed, credit; // what was said on the link
    struct pair_message link[PAIR_LINK];
    unsigned link_count, refused;
    bool consumes, is_blocked; // the link takes nothing
};

struct pair {
    struct pair_end ends[2]; // 0: the DTLS client
    bool is_held;            // SCTP takes nothing
    uint64_t now;
};

void pair_open(struct pair *pair);
void pair_close(struct pair *pair);
// Both associations come up.
void pair_start(struct pair *pair);
// Until nothing is under way.
void pair_carry(struct pair *pair);
// naru-sctp of one end dies, and all that it holds; the new one's association comes up with pair_carry.
void pair_kill(struct pair *pair, unsigned end);
unsigned pair_count(const struct pair_end *end, enum data_channel_event_kind kind);
// The last of that kind, or NULL.
const struct data_channel_event *pair_last(const struct pair_end *end, enum data_channel_event_kind kind);
