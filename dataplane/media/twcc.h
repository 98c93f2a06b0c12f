// SPDX-License-Identifier: Apache-2.0
// Arrival times of one sender's packets by transport-wide sequence number, and the feedback made of them
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). No clock of its own: times are the caller's, in microseconds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TWCC_WINDOW 512 // packets between two feedback messages; older ones are not reported at all

struct twcc_recorder {
    int64_t *arrivals; // TWCC_WINDOW of the caller's, zeros at first: by sequence modulo the window; 0: not received
    uint16_t base;     // first sequence that was not reported yet
    uint16_t highest;
    bool started, pending;
    uint8_t packet_count;
    uint8_t unreported; // arrivals since the last report, at most 255
};

// The next arrival's place, asked for ahead.
static inline void twcc_prefetch(const struct twcc_recorder *recorder)
{
    __builtin_prefetch(&recorder->arrivals[(uint16_t)(recorder->highest + 1) % TWCC_WINDOW], 1);
}

void twcc_record(struct twcc_recorder *recorder, uint16_t sequence, int64_t arrival_us);

// Writes one RTCP packet about what arrived since the last; returns its size, 0 when there is nothing (left) to report.
int twcc_write(struct twcc_recorder *recorder, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t *data,
               size_t capacity);
