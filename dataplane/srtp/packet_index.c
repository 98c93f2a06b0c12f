// SPDX-License-Identifier: Apache-2.0
#include "packet_index.h"

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
