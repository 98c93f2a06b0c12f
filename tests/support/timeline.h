// SPDX-License-Identifier: Apache-2.0
// Packets of a run by when they were sent, and whether they arrived: what a moment in the middle of it cost.
#pragma once
#include "byte_order.h"
#include <stdlib.h>

#define TIMELINE_STEP_NS   (100 * NS_PER_MS)
#define TIMELINE_STEPS_MAX 36000u // an hour; what is later counts in the last one

struct timeline {
    uint64_t began_ns; // monotonic
    unsigned count;
    uint32_t sent[TIMELINE_STEPS_MAX], received[TIMELINE_STEPS_MAX];
};

static inline void timeline_add(struct timeline *timeline, uint32_t *counts, uint64_t sent_ns)
{
    uint64_t step = sent_ns > timeline->began_ns ? (sent_ns - timeline->began_ns) / TIMELINE_STEP_NS : 0;
    unsigned place = step < TIMELINE_STEPS_MAX ? (unsigned)step : TIMELINE_STEPS_MAX - 1;
    counts[place]++;
    if (place >= timeline->count)
        timeline->count = place + 1;
}
