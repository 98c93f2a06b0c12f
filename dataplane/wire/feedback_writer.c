// SPDX-License-Identifier: Apache-2.0
#include "feedback.h"

#include <errno.h>

#include "feedback_chunk.h"

// What one packet will say. Chunks stand before deltas, and how many there are is known last.
struct draft {
    size_t limit; // of the packet
    int64_t reference;
    int64_t time; // of the last arrival, as the reader will reckon it
    unsigned statuses;
    unsigned delta_size;
    bool started; // an arrival gave the reference time
    uint8_t symbols[FEEDBACK_WRITE_STATUSES_MAX];
    uint8_t deltas[2 * FEEDBACK_WRITE_STATUSES_MAX];
};

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

// Each chunk but the last holds at least FEEDBACK_TWO_BIT_SYMBOLS statuses.
static bool has_room(const struct draft *draft, size_t statuses, size_t delta_size)
{
    statuses += draft->statuses;
    size_t chunks = (statuses + FEEDBACK_TWO_BIT_SYMBOLS - 1) / FEEDBACK_TWO_BIT_SYMBOLS;
    size_t size = FEEDBACK_HEADER_SIZE + 2 * chunks + draft->delta_size + delta_size;
    return statuses <= FEEDBACK_WRITE_STATUSES_MAX && ((size + 3) & ~(size_t)3) <= draft->limit;
}

static void add_lost(struct draft *draft, unsigned count)
{
    memset(draft->symbols + draft->statuses, FEEDBACK_LOST, count);
    draft->statuses += count;
}

static void add_delta(struct draft *draft, int64_t ticks)
{
    uint8_t *to = draft->deltas + draft->delta_size;
    bool is_small = ticks >= 0 && ticks <= UINT8_MAX;
    if (is_small)
        to[0] = (uint8_t)ticks;
    else
        bytes_put16(to, (uint16_t)ticks);
    draft->delta_size += is_small ? 1 : 2;
    draft->symbols[draft->statuses++] = is_small ? FEEDBACK_SMALL_DELTA : FEEDBACK_LARGE_DELTA;
    draft->time += ticks * FEEDBACK_TICK;
}

static void start(struct draft *draft, int64_t time)
{
    draft->reference = floor_divide(time, FEEDBACK_REFERENCE_UNIT);
    draft->time = draft->reference * FEEDBACK_REFERENCE_UNIT;
    draft->started = true;
}

// lost: how many numbers are missing before this one. False ends the packet before it.
static bool add_arrival(struct draft *draft, int64_t time, unsigned lost)
{
    if (time == FEEDBACK_NOT_RECEIVED) {
        if (!has_room(draft, lost + 1, 0))
            return false;
        add_lost(draft, lost + 1);
        return true;
    }
    if (!has_room(draft, lost + 1, 2))
        return false;
    if (!draft->started)
        start(draft, time);
    int64_t ticks = floor_divide(time - draft->time, FEEDBACK_TICK);
    if (ticks < INT16_MIN || ticks > INT16_MAX)
        return false;
    add_lost(draft, lost);
    add_delta(draft, ticks);
    return true;
}

static size_t add_arrivals(struct draft *draft, const struct feedback_arrival *arrivals, size_t count)
{
    size_t consumed = 0;
    for (; consumed < count; consumed++) {
        uint16_t expected = (uint16_t)(arrivals[0].sequence + draft->statuses);
        uint16_t lost = (uint16_t)(arrivals[consumed].sequence - expected);
        if (!add_arrival(draft, arrivals[consumed].time, lost))
            break;
    }
    return consumed;
}

static unsigned run_length(const uint8_t *symbols, unsigned count)
{
    unsigned length = 1;
    while (length < count && symbols[length] == symbols[0])
        length++;
    return length;
}

static uint16_t pack(const uint8_t *symbols, unsigned count, unsigned width)
{
    uint16_t chunk = FEEDBACK_VECTOR | (width == 2 ? FEEDBACK_TWO_BIT : 0);
    for (unsigned i = 0; i < count; i++)
        chunk |= (uint16_t)(symbols[i] << (14 - width * (i + 1)));
    return chunk;
}

// Takes as many of the symbols as one chunk holds. Returns how many.
static unsigned write_chunk(uint8_t *to, const uint8_t *symbols, unsigned count)
{
    unsigned run = run_length(symbols, count);
    if (run >= FEEDBACK_ONE_BIT_SYMBOLS || run == count) {
        bytes_put16(to, (uint16_t)(symbols[0] << 13 | run));
        return run;
    }
    unsigned one_bit = count < FEEDBACK_ONE_BIT_SYMBOLS ? count : FEEDBACK_ONE_BIT_SYMBOLS;
    if (!memchr(symbols, FEEDBACK_LARGE_DELTA, one_bit)) {
        bytes_put16(to, pack(symbols, one_bit, 1));
        return one_bit;
    }
    unsigned two_bit = count < FEEDBACK_TWO_BIT_SYMBOLS ? count : FEEDBACK_TWO_BIT_SYMBOLS;
    bytes_put16(to, pack(symbols, two_bit, 2));
    return two_bit;
}

static size_t write_body(uint8_t *data, const struct draft *draft)
{
    size_t size = FEEDBACK_HEADER_SIZE;
    for (unsigned done = 0; done < draft->statuses; size += 2)
        done += write_chunk(data + size, draft->symbols + done, draft->statuses - done);
    memcpy(data + size, draft->deltas, draft->delta_size);
    return size + draft->delta_size;
}

// Fills up to 32 bits: zeros, the last byte counts them (RFC 3550 6.4.1). Returns the packet's size.
static size_t write_padding(uint8_t *data, size_t size)
{
    uint8_t padding = (uint8_t)(-size & 3);
    memset(data + size, 0, padding);
    if (padding) {
        data[0] |= 0x20;
        data[size + padding - 1] = padding;
    }
    return size + padding;
}

int feedback_write(uint8_t *data, size_t capacity, uint32_t sender_ssrc, uint32_t media_ssrc, uint8_t packet_count,
                   const struct feedback_arrival *arrivals, size_t count, size_t *ret_consumed)
{
    struct draft draft;
    draft.limit = capacity < WIRE_DATAGRAM_MAX ? capacity : WIRE_DATAGRAM_MAX;
    draft.statuses = draft.delta_size = 0;
    draft.started = false;
    size_t consumed = add_arrivals(&draft, arrivals, count);
    if (!draft.started)
        return consumed == count ? -EINVAL : -ENOSPC;
    data[0] = 0x80 | RTCP_TRANSPORT_FEEDBACK;
    data[1] = RTCP_RTPFB;
    bytes_put32(data + 4, sender_ssrc);
    bytes_put32(data + 8, media_ssrc);
    bytes_put16(data + 12, arrivals[0].sequence);
    bytes_put16(data + 14, (uint16_t)draft.statuses);
    bytes_put24(data + 16, (uint32_t)draft.reference & 0xffffff);
    data[19] = packet_count;
    size_t size = write_padding(data, write_body(data, &draft));
    bytes_put16(data + 2, (uint16_t)(size / 4 - 1));
    *ret_consumed = consumed;
    return (int)size;
}
