// SPDX-License-Identifier: Apache-2.0
// Inside of a peer's data channels: what they are made of.
#pragma once

#include "data_channels.h"
#include "dcep.h"

#include <sys/queue.h>

#define BY_NUMBER   256
#define LINK_WINDOW (2 * DATA_CHANNEL_MESSAGE_MAX) // bytes that naru-sctp has not yet handed to SCTP

struct outgoing {
    TAILQ_ENTRY(outgoing) next;
    uint64_t queued_at;
    uint32_t ppid;
    size_t size, user_size, said; // user_size: what counts as buffered; said: has gone over the link
    uint8_t data[];
};
TAILQ_HEAD(outgoing_list, outgoing);

struct data_channel {
    uint32_t number;
    int id;
    enum data_channel_state state;
    char *label, *protocol;
    uint32_t label_hash;
    uint16_t label_size, protocol_size, priority;
    bool ordered, negotiated, by_peer, is_for_room;
    int max_retransmits, max_packet_life_time;
    bool is_acknowledged; // RFC 8832 6: until then even an unordered channel sends in order
    bool reset_said, is_reset, peer_reset;
    bool ends_alone; // the peer may have reset its side of a former association
    bool dcep_in_flight;
    bool open_may_repeat; // the association is not the one on which the peer opened it
    bool was_refused;     // a send; wants DATA_CHANNEL_LOW
    bool is_dead;
    const char *reason; // why it closes; static text, NULL: in order
    struct outgoing_list queue;
    size_t buffered, low_threshold;
    bool tells_low, was_above_low;
    uint64_t pass;      // of stride scheduling: the lowest goes next
    uint64_t in_flight; // messages that naru-sctp has and the peer may not have acknowledged
    uint64_t messages_sent, messages_received, bytes_sent, bytes_received, messages_lost, messages_expired;
    TAILQ_ENTRY(data_channel) all;
    LIST_ENTRY(data_channel) same;
};
TAILQ_HEAD(data_channel_list, data_channel);

enum association_phase { PHASE_NEW, PHASE_OPENING, PHASE_UP, PHASE_LOST };

struct data_channels {
    struct data_channels_setup setup;
    enum association_phase phase;
    bool is_client, was_up;
    bool open_is_due, credit_is_due, resets_are_due; // on the link
    bool was_refused;                                // some channel
    unsigned above_low;                              // channels that are
    unsigned depth;                                  // of calls from outside; nothing is freed before the last returns
    bool again;
    uint64_t left, left_at_refusal; // messages that left the queues
    uint64_t now;
    uint32_t last_number, adopted; // adopted: the highest that was
    unsigned count, streams, queued;
    size_t texts, buffered;
    size_t unconsumed, to_return; // inbound bytes that were told; that are to be credited
    uint64_t window_used;         // bytes on the link that were not taken
    uint64_t said;                // all bytes of this association
    uint64_t pass;                // of the channel that went last
    struct data_channel *sending; // in the middle of a message
    struct data_channel_list all, graves;
    LIST_HEAD(, data_channel) by_number[BY_NUMBER];
    struct data_channel *by_stream[DATA_CHANNELS_MAX];
    struct {
        bool is_open, is_refused;
        uint16_t stream;
        uint32_t ppid;
        size_t size, room;
        uint8_t *bytes;
    } inbound;       // the message that comes in pieces: one at a time of an association
    uint64_t strays; // messages on streams without a channel
};
