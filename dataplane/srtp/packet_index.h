// SPDX-License-Identifier: Apache-2.0
// RFC 3711 3.3.1: the 48-bit packet index, ROC || SEQ, guessed from the highest index that was authenticated.
#pragma once
#include <stdint.h>

#define SRTP_INDEX_NONE       UINT64_MAX // nothing was authenticated yet
#define SRTP_INDEX_MAX        UINT64_C(0xffffffffffff)
#define SRTP_INDEX_CANDIDATES 4
#define SRTP_INDEX_ROC_STEP   UINT64_C(0x10000)

static inline uint32_t srtp_index_roc(uint64_t index)
{
    return (uint32_t)(index >> 16);
}

static inline uint16_t srtp_index_sequence(uint64_t index)
{
    return (uint16_t)index;
}

// The index next to `highest` whose low 16 bits are `sequence`; without a ROC below 0 or above 2^32 - 1. ROC 0 for
// NONE.
static inline uint64_t srtp_packet_index_guess(uint64_t highest, uint16_t sequence)
{
    if (highest == SRTP_INDEX_NONE)
        return sequence;
    // RFC 3711 3.3.1: of the ROCs v - 1, v, v + 1 the one that brings the index closest to the highest. A difference of
    // exactly 2^15 is a step backwards when `highest` lies in the upper half of its cycle, else forwards: so the ROC
    // stays.
    uint64_t guess = (highest & ~(SRTP_INDEX_ROC_STEP - 1)) | sequence;
    int32_t ahead = (int32_t)sequence - (int32_t)srtp_index_sequence(highest);
    if (ahead < -0x8000 && guess + SRTP_INDEX_ROC_STEP <= SRTP_INDEX_MAX)
        return guess + SRTP_INDEX_ROC_STEP;
    if (ahead > 0x8000 && guess >= SRTP_INDEX_ROC_STEP)
        return guess - SRTP_INDEX_ROC_STEP;
    return guess;
}

// After a restart (`highest` may be stale), and for the first packet of a source (its start may have been lost just
// before a wrap): the guess's ROC v, then v+1, v-1, v+2. To be accepted on the tag only. Returns their number, 1 to 4.
unsigned srtp_packet_index_candidates(uint64_t highest, uint16_t sequence,
                                      uint64_t ret_candidates[SRTP_INDEX_CANDIDATES]);
