// SPDX-License-Identifier: Apache-2.0
#include "retransmission.h"

#include <stddef.h>

#define RETRY_MIN_MS 5
#define RETRY_MAX_MS 500

void retransmission_begin_epoch(struct retransmission *retransmission, const struct retransmission_epoch *epoch)
{
    retransmission->newest = (retransmission->newest + 1) % RETRANSMISSION_EPOCHS;
    retransmission->epochs[retransmission->newest] = *epoch;
}

const struct retransmission_epoch *retransmission_find_epoch(const struct retransmission *retransmission,
                                                             uint64_t index)
{
    for (unsigned age = 0; age < RETRANSMISSION_EPOCHS; age++) {
        unsigned at = (retransmission->newest + RETRANSMISSION_EPOCHS - age) % RETRANSMISSION_EPOCHS;
        const struct retransmission_epoch *epoch = &retransmission->epochs[at];
        if (!epoch->source_ssrc)
            return NULL;
        if (index >= epoch->first)
            return epoch;
    }
    return NULL;
}

void retransmission_refill(struct retransmission *retransmission, uint64_t octets, uint32_t kbps)
{
    uint64_t second = (uint64_t)kbps * (1000 / 8) / RETRANSMISSION_SHARE;
    uint64_t most = second > RETRANSMISSION_BURST ? second : RETRANSMISSION_BURST;
    if (retransmission->octets_mark == 0)
        retransmission->tokens = RETRANSMISSION_BURST;
    retransmission->tokens += (octets - retransmission->octets_mark) / RETRANSMISSION_SHARE;
    if (retransmission->tokens > most)
        retransmission->tokens = most;
    retransmission->octets_mark = octets;
}

bool retransmission_is_too_soon(const struct retransmission *retransmission, uint64_t index, uint32_t now_ms,
                                uint32_t rtt_ms)
{
    uint32_t wait = rtt_ms == 0             ? RETRANSMISSION_RETRY_MS
                    : rtt_ms < RETRY_MIN_MS ? RETRY_MIN_MS
                    : rtt_ms > RETRY_MAX_MS ? RETRY_MAX_MS
                                            : rtt_ms;
    unsigned place = index % RETRANSMISSION_RECENT;
    return retransmission->recent[place].at_ms && retransmission->recent[place].index == (uint32_t)index &&
           now_ms - retransmission->recent[place].at_ms < wait;
}

bool retransmission_take(struct retransmission *retransmission, uint64_t index, uint32_t octets, uint32_t now_ms)
{
    unsigned place = index % RETRANSMISSION_RECENT;
    if (retransmission->tokens < octets)
        return false;
    retransmission->tokens -= octets;
    retransmission->recent[place].index = (uint32_t)index;
    retransmission->recent[place].at_ms = now_ms ? now_ms : 1;
    return true;
}
