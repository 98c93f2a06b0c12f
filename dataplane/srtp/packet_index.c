// SPDX-License-Identifier: Apache-2.0
#include "packet_index.h"

#define ROC_STEP UINT64_C(0x10000)

uint64_t srtp_packet_index_guess(uint64_t highest, uint16_t sequence)
{
    if (highest == SRTP_INDEX_NONE)
        return sequence;
    // RFC 3711 3.3.1: of the ROCs v - 1, v, v + 1 the one that brings the index closest to the highest. A difference of
    // exactly 2^15 is a step backwards when `highest` lies in the upper half of its cycle, else forwards: so the ROC
    // stays.
    uint64_t guess = (highest & ~(ROC_STEP - 1)) | sequence;
    int32_t ahead = (int32_t)sequence - (int32_t)srtp_index_sequence(highest);
    if (ahead < -0x8000 && guess + ROC_STEP <= SRTP_INDEX_MAX)
        return guess + ROC_STEP;
    if (ahead > 0x8000 && guess >= ROC_STEP)
        return guess - ROC_STEP;
    return guess;
}

unsigned srtp_packet_index_candidates(uint64_t highest, uint16_t sequence,
                                      uint64_t ret_candidates[SRTP_INDEX_CANDIDATES])
{
    static const int64_t steps[SRTP_INDEX_CANDIDATES] = {0, 1, -1, 2};
    uint64_t guess = srtp_packet_index_guess(highest, sequence);
    unsigned count = 0;
    for (unsigned i = 0; i < SRTP_INDEX_CANDIDATES; i++) {
        int64_t roc = (int64_t)srtp_index_roc(guess) + steps[i];
        if (roc >= 0 && roc <= UINT32_MAX)
            ret_candidates[count++] = (uint64_t)roc << 16 | sequence;
    }
    return count;
}
