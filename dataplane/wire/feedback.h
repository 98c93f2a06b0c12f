// SPDX-License-Identifier: Apache-2.0
// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include "rtcp_feedback.h"

#define FEEDBACK_NOT_RECEIVED INT64_MIN

struct feedback_header {
    uint16_t base_sequence;
    uint16_t status_count;
    int32_t reference_time; // multiples of 64 ms, 24 bits, signed
    uint8_t packet_count;   // of feedback packets, modulo 256
};

struct feedback_arrival {
    int64_t time; // microseconds, or FEEDBACK_NOT_RECEIVED
    uint16_t sequence;
};

struct feedback_iterator {
    const uint8_t *chunk; // next
    const uint8_t *delta; // next
    int64_t time;
    uint16_t sequence; // next
    uint16_t left;     // statuses
    uint16_t run;      // statuses left in the current chunk
    uint16_t symbols;  // of the current chunk, the next one in the highest bits
    uint8_t width;     // of a symbol in bits, 0: one symbol for the whole run
};

// Checks that chunks and deltas for all statuses (FEEDBACK_STATUSES_MAX at most) are there. 0 or -EBADMSG.
int feedback_parse(const struct rtcp_feedback *feedback, struct feedback_header *ret_header,
                   struct feedback_iterator *ret_iterator);

// One status a call, in order of sequence numbers; times count from the sender's epoch (reference time), microseconds.
bool feedback_next(struct feedback_iterator *iterator, struct feedback_arrival *ret_arrival);

// Writes one feedback packet about as many arrivals as fit it. arrivals ascend by sequence number (modulo 2^16);
// numbers between them count as not received. Times may go back; a step that 16 bits of 250 us cannot say, or a gap
// that does not fit, ends the packet. -EINVAL if none of them was received. Returns the packet's size or -ENOSPC; call
// again with the rest.
int feedback_write(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t packet_count,
                   const struct feedback_arrival *arrivals, size_t count, size_t *ret_consumed);
