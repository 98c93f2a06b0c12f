// SPDX-License-Identifier: Apache-2.0
#include "twcc.h"

#include "feedback.h"

#define FEEDBACK_ARRIVALS 128 // received packets per message

static bool is_newer(uint16_t a, uint16_t b)
{
    return (int16_t)(a - b) > 0;
}

void twcc_record(struct twcc_recorder *recorder, uint16_t sequence, int64_t arrival_us)
{
    if (!recorder->started) {
        recorder->started = true;
        recorder->base = recorder->highest = sequence;
    } else if (is_newer(sequence, recorder->highest)) {
        uint16_t steps = (uint16_t)(sequence - recorder->highest);
        for (uint16_t i = 1; i <= steps && i <= TWCC_WINDOW; i++)
            recorder->arrivals[(uint16_t)(recorder->highest + i) % TWCC_WINDOW] = 0;
        recorder->highest = sequence;
        if ((uint16_t)(recorder->highest - recorder->base) >= TWCC_WINDOW)
            recorder->base = (uint16_t)(recorder->highest - TWCC_WINDOW + 1);
    } else if (is_newer(recorder->base, sequence)) {
        return; // it was reported as lost already: the sender has drawn its conclusion
    }
    recorder->arrivals[sequence % TWCC_WINDOW] = arrival_us;
    recorder->pending = true;
    if (recorder->unreported < UINT8_MAX)
        recorder->unreported++;
}

static unsigned collect(const struct twcc_recorder *recorder, struct feedback_arrival *ret_arrivals)
{
    unsigned count = 0;
    uint16_t span = (uint16_t)(recorder->highest - recorder->base);
    for (uint32_t i = 0; i <= span && count < FEEDBACK_ARRIVALS; i++) {
        uint16_t sequence = (uint16_t)(recorder->base + i);
        int64_t arrival = recorder->arrivals[sequence % TWCC_WINDOW];
        if (arrival || i == 0) // the first is named even if it was lost: the next message starts where this one ended
            ret_arrivals[count++] =
                (struct feedback_arrival){.sequence = sequence, .time = arrival ? arrival : FEEDBACK_NOT_RECEIVED};
    }
    return count;
}

int twcc_write(struct twcc_recorder *recorder, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t *data,
               size_t capacity)
{
    struct feedback_arrival arrivals[FEEDBACK_ARRIVALS];
    if (!recorder->pending)
        return 0;
    unsigned count = collect(recorder, arrivals);
    size_t consumed = 0;
    int size =
        feedback_write(data, capacity, sender_ssrc, media_ssrc, recorder->packet_count, arrivals, count, &consumed);
    if (size <= 0 || consumed == 0) {
        recorder->pending = false;
        return 0;
    }
    recorder->packet_count++;
    recorder->unreported = 0;
    uint16_t reported = arrivals[consumed - 1].sequence;
    recorder->base = (uint16_t)(reported + 1);
    recorder->pending = is_newer(recorder->highest, reported);
    return size;
}
