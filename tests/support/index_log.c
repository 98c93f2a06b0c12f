// SPDX-License-Identifier: Apache-2.0
#include "index_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CYCLE (1ull << 32) // room below for what comes late
#define WORD_BITS   64

int index_log_open(struct index_log *log, size_t capacity)
{
    *log = (struct index_log){.streams = calloc(capacity, sizeof(*log->streams)), .capacity = capacity};
    return log->streams ? 0 : -ENOMEM;
}

void index_log_close(struct index_log *log)
{
    for (size_t i = 0; i < log->capacity; i++)
        free(log->streams[i].seen);
    free(log->streams);
    *log = (struct index_log){0};
}

static uint64_t hash(const struct index_key *key)
{
    uint64_t value = key->ssrc ^ (uint64_t)key->port << 32 ^ (uint64_t)key->is_rtcp << 48;
    for (size_t i = 0; i < sizeof(key->address); i++)
        value = (value ^ key->address[i]) * 0x9e3779b97f4a7c15ull;
    return value ^ value >> 29;
}

static bool is_same(const struct index_key *a, const struct index_key *b)
{
    return a->ssrc == b->ssrc && a->port == b->port && a->is_rtcp == b->is_rtcp &&
           !memcmp(a->address, b->address, sizeof(a->address));
}

static struct index_stream *find(struct index_log *log, const struct index_key *key)
{
    size_t place = hash(key) % log->capacity;
    while (log->streams[place].used && !is_same(&log->streams[place].key, key))
        place = (place + 1) % log->capacity;
    struct index_stream *stream = &log->streams[place];
    if (stream->used)
        return stream;
    if (log->count + 1 >= log->capacity)
        return NULL;
    log->count++;
    stream->used = true;
    stream->key = *key;
    return stream;
}

static int make_room(struct index_stream *stream, uint64_t bit)
{
    size_t wanted = bit / WORD_BITS + 1;
    if (wanted <= stream->words)
        return 0;
    wanted += wanted / 2 + 64;
    uint64_t *seen = realloc(stream->seen, wanted * sizeof(*seen));
    if (!seen)
        return -ENOMEM;
    memset(seen + stream->words, 0, (wanted - stream->words) * sizeof(*seen));
    stream->seen = seen;
    stream->words = wanted;
    return 0;
}

static int note(struct index_log *log, struct index_stream *stream, uint64_t index, uint64_t now)
{
    stream->last_ns = now;
    if (!stream->packets++)
        stream->first = stream->highest = index;
    if (index + INDEX_LOG_BEFORE < stream->first) {
        log->too_old++;
        return 0;
    }
    uint64_t bit = index + INDEX_LOG_BEFORE - stream->first, mask = 1ull << bit % WORD_BITS;
    if (make_room(stream, bit))
        return -ENOMEM;
    stream->repeated += (stream->seen[bit / WORD_BITS] & mask) != 0;
    stream->seen[bit / WORD_BITS] |= mask;
    if (index <= stream->highest)
        return 0;
    if (index - stream->highest > stream->largest_jump)
        stream->largest_jump = index - stream->highest;
    stream->highest = index;
    return 0;
}

int index_log_rtp(struct index_log *log, const struct index_key *key, uint16_t sequence, uint8_t payload_type,
                  uint64_t now)
{
    struct index_stream *stream = find(log, key);
    if (!stream)
        return -ENOSPC;
    // RFC 3711 3.3.1: the nearest to the highest.
    uint64_t highest = stream->packets ? stream->highest : FIRST_CYCLE + sequence;
    stream->payload_type = payload_type;
    return note(log, stream, highest + (uint64_t)(int64_t)(int16_t)(sequence - (uint16_t)highest), now);
}

int index_log_rtcp(struct index_log *log, const struct index_key *key, uint32_t index, uint64_t now)
{
    struct index_stream *stream = find(log, key);
    if (!stream)
        return -ENOSPC;
    return note(log, stream, FIRST_CYCLE + index, now);
}
