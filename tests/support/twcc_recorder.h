// SPDX-License-Identifier: Apache-2.0
// A receiver's half of draft-holmer-rmcat-transport-wide-cc-extensions-01: arrivals in, feedback packets out.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define TWCC_SPAN         256u // sequence numbers that one feedback packet covers
#define TWCC_FEEDBACK_MAX 700  // bytes

struct twcc_recorder {
    uint16_t base;               // first sequence number of the next feedback
    unsigned count;              // numbers from base to the highest that arrived; 0: nothing did
    uint64_t arrival[TWCC_SPAN]; // ns, 0: has not arrived
    uint8_t feedback_count;
    uint8_t started;
};

// Numbers that a feedback has covered already are ignored, those beyond the span too.
void twcc_record(struct twcc_recorder *recorder, uint16_t sequence, uint64_t now);
// RTCP in the clear; 0: nothing to report.
size_t twcc_write(struct twcc_recorder *recorder, uint32_t own_ssrc, uint32_t media_ssrc,
                  uint8_t packet[TWCC_FEEDBACK_MAX]);
