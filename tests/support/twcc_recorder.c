// SPDX-License-Identifier: Apache-2.0
#include "twcc_recorder.h"

#include "byte_order.h"
#include <string.h>

#define TICK_NS           250000
#define REFERENCE_NS      (64 * NS_PER_MS)
#define SYMBOLS_PER_CHUNK 7

enum symbol { NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA };

void twcc_record(struct twcc_recorder *recorder, uint16_t sequence, uint64_t now)
{
    if (!recorder->started) {
        recorder->started = 1;
        recorder->base = sequence;
    }
    uint16_t offset = (uint16_t)(sequence - recorder->base);
    if (offset >= 0x8000) // before base
        return;
    if (offset >= TWCC_SPAN) {
        if (recorder->count)
            return;
        recorder->base = sequence; // after a long silence
        offset = 0;
    }
    recorder->arrival[offset] = now;
    if (offset >= recorder->count)
        recorder->count = offset + 1u;
}

static uint64_t first_arrival(const struct twcc_recorder *recorder)
{
    unsigned i = 0;
    while (!recorder->arrival[i])
        i++;
    return recorder->arrival[i];
}

static enum symbol put_delta(uint64_t arrival, uint64_t *previous, uint8_t *deltas, size_t *size)
{
    if (!arrival)
        return NOT_RECEIVED;
    int64_t ticks = ((int64_t)arrival - (int64_t)*previous) / TICK_NS;
    ticks = ticks > INT16_MAX ? INT16_MAX : ticks < INT16_MIN ? INT16_MIN : ticks;
    *previous = (uint64_t)((int64_t)*previous + ticks * TICK_NS); // so that rounding does not add up
    if (ticks >= 0 && ticks <= 255) {
        deltas[(*size)++] = (uint8_t)ticks;
        return SMALL_DELTA;
    }
    write16(deltas + *size, (uint16_t)(int16_t)ticks);
    *size += 2;
    return LARGE_DELTA;
}

static size_t finish(struct twcc_recorder *recorder, uint8_t *packet, size_t size)
{
    while (size % 4)
        packet[size++] = 0;
    packet[0] = 0x80 | 15;
    packet[1] = 205;
    write16(packet + 2, (uint16_t)(size / 4 - 1));
    recorder->base = (uint16_t)(recorder->base + recorder->count);
    recorder->count = 0;
    memset(recorder->arrival, 0, sizeof(recorder->arrival));
    return size;
}

size_t twcc_write(struct twcc_recorder *recorder, uint32_t own_ssrc, uint32_t media_ssrc,
                  uint8_t packet[TWCC_FEEDBACK_MAX])
{
    uint8_t deltas[2 * TWCC_SPAN];
    size_t delta_size = 0, at = 20;
    if (!recorder->count)
        return 0;
    uint64_t reference = first_arrival(recorder) / REFERENCE_NS, previous = reference * REFERENCE_NS;
    write32(packet + 4, own_ssrc);
    write32(packet + 8, media_ssrc);
    write16(packet + 12, recorder->base);
    write16(packet + 14, (uint16_t)recorder->count);
    write24(packet + 16, (uint32_t)reference & 0xffffff);
    packet[19] = recorder->feedback_count++;
    for (unsigned i = 0; i < recorder->count; i += SYMBOLS_PER_CHUNK, at += 2) {
        unsigned chunk = 0xc000; // two-bit status vector
        for (unsigned j = 0; j < SYMBOLS_PER_CHUNK && i + j < recorder->count; j++)
            chunk |= (unsigned)put_delta(recorder->arrival[i + j], &previous, deltas, &delta_size) << (12 - 2 * j);
        write16(packet + at, (uint16_t)chunk);
    }
    memcpy(packet + at, deltas, delta_size);
    return finish(recorder, packet, at + delta_size);
}
