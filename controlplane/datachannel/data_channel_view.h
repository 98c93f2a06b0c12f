// SPDX-License-Identifier: Apache-2.0
// A data channel as it is made and as it is looked at.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum data_channel_state { DATA_CHANNEL_CONNECTING, DATA_CHANNEL_OPEN, DATA_CHANNEL_CLOSING, DATA_CHANNEL_CLOSED };
extern const char *const data_channel_state_names[]; // as RTCDataChannelState has them

// As RTCDataChannelInit; {.id = -1, .max_retransmits = -1, .max_packet_life_time = -1, .ordered = true} is its default.
struct data_channel_options {
    const char *label, *protocol; // UTF-8, NULL: ""; copied
    bool ordered, negotiated;
    int id;                                    // with negotiated: 0 to 1023
    int max_retransmits, max_packet_life_time; // ms; at most one of them is not -1
    uint16_t priority;                         // RFC 8832 8.2.2: 128, 256, 512, 1024; 0: 256
    bool is_for_room;                          // the user's: a view says so again
};

struct data_channel_view {
    uint32_t number;
    int id; // -1: not yet
    const char *label, *protocol;
    uint32_t label_hash;
    enum data_channel_state state;
    bool ordered, negotiated, by_peer, is_for_room, is_acknowledged;
    int max_retransmits, max_packet_life_time;
    uint16_t priority;
    size_t buffered_amount, low_threshold;
    uint64_t messages_sent, messages_received, bytes_sent, bytes_received, messages_lost, messages_expired;
};

uint32_t data_channel_hash(const char *label); // as label_hash; never 0
