// SPDX-License-Identifier: Apache-2.0
#include "missing.h"

#include <string.h>

#define RETRY_MIN_MS 20

static void remove_first(struct missing *missing, unsigned count)
{
    missing->count -= count;
    memmove(missing->packets, missing->packets + count, missing->count * sizeof(missing->packets[0]));
}

unsigned missing_add(struct missing *missing, uint64_t first, uint64_t end, uint32_t now_ms)
{
    uint64_t added = end - first, kept = added > MISSING_MAX ? MISSING_MAX : added;
    unsigned given_up = (unsigned)(added - kept > UINT16_MAX ? UINT16_MAX : added - kept);
    if (missing->count + kept > MISSING_MAX) {
        unsigned excess = missing->count + (unsigned)kept - MISSING_MAX;
        given_up += excess;
        remove_first(missing, excess);
    }
    for (uint64_t index = end - kept; index < end; index++)
        missing->packets[missing->count++] = (struct missing_packet){.index = index, .seen_ms = now_ms};
    return given_up;
}

bool missing_remove(struct missing *missing, uint64_t index)
{
    for (unsigned i = missing->count; i-- > 0;) {
        if (missing->packets[i].index > index)
            continue;
        if (missing->packets[i].index < index)
            return false;
        memmove(&missing->packets[i], &missing->packets[i + 1], (--missing->count - i) * sizeof(missing->packets[0]));
        return true;
    }
    return false;
}

static uint32_t retry_ms(uint32_t rtt_ms)
{
    uint32_t wait = rtt_ms + rtt_ms / 2;
    return rtt_ms == 0 ? MISSING_RETRY_MS : wait < RETRY_MIN_MS ? RETRY_MIN_MS : wait;
}

static bool is_due(const struct missing_packet *packet, uint32_t now_ms, uint32_t rtt_ms)
{
    return packet->tries ? now_ms - packet->asked_ms >= retry_ms(rtt_ms)
                         : now_ms - packet->seen_ms >= MISSING_REORDER_MS;
}

unsigned missing_due(struct missing *missing, uint32_t now_ms, uint32_t rtt_ms, uint16_t ret_sequences[MISSING_MAX],
                     unsigned *ret_given_up)
{
    unsigned kept = 0, due = 0;
    for (unsigned i = 0; i < missing->count; i++) {
        struct missing_packet packet = missing->packets[i];
        bool is_asked = is_due(&packet, now_ms, rtt_ms);
        if (now_ms - packet.seen_ms >= MISSING_AGE_MS || (is_asked && packet.tries == MISSING_TRIES))
            continue;
        if (is_asked) {
            packet.tries++;
            packet.asked_ms = now_ms;
            ret_sequences[due++] = (uint16_t)packet.index;
        }
        missing->packets[kept++] = packet;
    }
    *ret_given_up = missing->count - kept;
    missing->count = kept;
    return due;
}
