// SPDX-License-Identifier: Apache-2.0
// The data channels of a peer connection, as mgmt-api asks for them: RTCDataChannel, with the W3C's names and defaults.
// A channel is named by its number, which no other of its peer ever has; its id is a stream's, and may come later.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATEWAY_MESSAGE_MAX 262144 // bytes of one message, either way

// createDataChannel(label, RTCDataChannelInit); label and protocol stand in the request's data.
struct gateway_channel_ask {
    uint32_t number;
    bool ordered, negotiated;
    int id, max_packet_life_time, max_retransmits; // -1: null
    uint16_t priority;                             // 128, 256, 512, 1024
    bool is_text;                                  // what is sent
    bool sets_low_threshold;
    uint64_t low_threshold;
};

struct gateway_channel_view {
    uint32_t number;
    int id;                       // -1: null
    const char *label, *protocol; // in the same piece of memory
    const char *state;            // RTCDataChannelState
    bool ordered, negotiated;
    int max_packet_life_time, max_retransmits;
    uint16_t priority;
    uint64_t buffered_amount, low_threshold;
    uint64_t messages_sent, messages_received, bytes_sent, bytes_received, messages_lost, messages_expired;
};

// The association below them, RTCSctpTransport; and what became of this peer's channels.
struct gateway_channels_view {
    const char *state; // "connecting", "connected", "closed"; NULL: m=application is not agreed on
    uint32_t max_message_size, max_channels;
    uint64_t opened, closed;          // as RTCPeerConnectionStats has them
    uint64_t bridged, bridge_dropped; // messages for this peer: passed on; that it could not take
    unsigned count;
    struct gateway_channel_view list[]; // malloc, with the texts
};

// Of an event; in the same piece of memory.
struct gateway_channel_event {
    uint32_t number;
    int id, max_packet_life_time, max_retransmits;
    bool ordered, negotiated, is_text;
    uint16_t priority;
    const char *label, *protocol;
    const char *cause;   // "": in order
    uint64_t lost;       // messages that may not have arrived
    const uint8_t *data; // of a message, `size` bytes
    size_t size;
};
