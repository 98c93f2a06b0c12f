// SPDX-License-Identifier: Apache-2.0
#include "feedback.h"

#include <errno.h>

#include "feedback_chunk.h"

static void load_chunk(struct feedback_iterator *iterator)
{
    uint16_t chunk = bytes_get16(iterator->chunk);
    iterator->chunk += 2;
    if (chunk & FEEDBACK_VECTOR) {
        iterator->width = chunk & FEEDBACK_TWO_BIT ? 2 : 1;
        iterator->run = iterator->width == 2 ? FEEDBACK_TWO_BIT_SYMBOLS : FEEDBACK_ONE_BIT_SYMBOLS;
        iterator->symbols = (uint16_t)(chunk << 2);
    } else {
        iterator->width = 0;
        iterator->run = chunk & FEEDBACK_RUN_MAX;
        iterator->symbols = (uint16_t)(chunk << 1 & 0xc000);
    }
}

static enum feedback_symbol next_symbol(struct feedback_iterator *iterator)
{
    unsigned symbol = iterator->symbols >> (iterator->width == 1 ? 15 : 14);
    iterator->symbols = (uint16_t)(iterator->symbols << iterator->width);
    return (enum feedback_symbol)symbol;
}

static size_t delta_size(enum feedback_symbol symbol)
{
    return symbol == FEEDBACK_SMALL_DELTA ? 1 : symbol == FEEDBACK_LARGE_DELTA ? 2 : 0;
}

// How many bytes of deltas count statuses of the current chunk need.
static size_t chunk_delta_size(struct feedback_iterator iterator, unsigned count)
{
    if (iterator.width == 0)
        return count * delta_size(next_symbol(&iterator));
    size_t size = 0;
    while (count--)
        size += delta_size(next_symbol(&iterator));
    return size;
}

// Where the deltas start; NULL if chunks or deltas are not all there.
static const uint8_t *find_deltas(struct feedback_iterator iterator, const uint8_t *end)
{
    size_t deltas = 0;
    for (unsigned left = iterator.left; left;) {
        if (end - iterator.chunk < 2)
            return NULL;
        load_chunk(&iterator);
        unsigned count = iterator.run < left ? iterator.run : left;
        deltas += chunk_delta_size(iterator, count);
        left -= count;
    }
    return deltas <= (size_t)(end - iterator.chunk) ? iterator.chunk : NULL;
}

int feedback_parse(const struct rtcp_feedback *feedback, struct feedback_header *ret_header,
                   struct feedback_iterator *ret_iterator)
{
    const uint8_t *fci = feedback->fci;
    if (feedback->type != RTCP_RTPFB || feedback->format != RTCP_TRANSPORT_FEEDBACK ||
        feedback->fci_size < FEEDBACK_FCI_HEADER_SIZE)
        return -EBADMSG;
    uint32_t reference = bytes_get24(fci + 4);
    struct feedback_header header = {
        .base_sequence = bytes_get16(fci),
        .status_count = bytes_get16(fci + 2),
        .reference_time = (int32_t)reference - (reference & 0x800000 ? 1 << 24 : 0),
        .packet_count = fci[7],
    };
    struct feedback_iterator iterator = {
        .chunk = fci + FEEDBACK_FCI_HEADER_SIZE,
        .sequence = header.base_sequence,
        .left = header.status_count,
        .time = (int64_t)header.reference_time * FEEDBACK_REFERENCE_UNIT,
    };
    iterator.delta =
        header.status_count > FEEDBACK_STATUSES_MAX ? NULL : find_deltas(iterator, fci + feedback->fci_size);
    if (!iterator.delta)
        return -EBADMSG;
    *ret_header = header;
    *ret_iterator = iterator;
    return 0;
}

// The sums stay far inside 64 bits: FEEDBACK_STATUSES_MAX steps of at most 8.2 s.
static int64_t read_arrival(struct feedback_iterator *iterator, enum feedback_symbol symbol)
{
    size_t size = delta_size(symbol);
    if (size == 0)
        return FEEDBACK_NOT_RECEIVED;
    int32_t ticks = size == 1 ? iterator->delta[0] : (int16_t)bytes_get16(iterator->delta);
    iterator->delta += size;
    iterator->time += ticks * FEEDBACK_TICK;
    return iterator->time;
}

bool feedback_next(struct feedback_iterator *iterator, struct feedback_arrival *ret_arrival)
{
    if (iterator->left == 0)
        return false;
    while (iterator->run == 0)
        load_chunk(iterator);
    iterator->run--;
    iterator->left--;
    ret_arrival->sequence = iterator->sequence++;
    ret_arrival->time = read_arrival(iterator, next_symbol(iterator));
    return true;
}
