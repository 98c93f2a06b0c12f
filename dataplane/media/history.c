// SPDX-License-Identifier: Apache-2.0
#include "history.h"

#include <errno.h>
#include <string.h>

// Stands in front of each packet.
struct record {
    uint64_t number;
    uint64_t size;
    uint64_t reserved[2];
};
_Static_assert(sizeof(struct record) == HISTORY_LINE / 2, "two of the stores below make a line");

int history_open(struct history *history, void *memory, size_t size)
{
    if (size < HISTORY_SIZE_MIN)
        return -EINVAL;
    *history = (struct history){.memory = memory, .lines = size / HISTORY_LINE};
    history->next = 2 * history->lines; // so that line 0, the empty index, is long overwritten
    history->chunk_end = history->lines / HISTORY_CHUNKS;
    return 0;
}

static void copy_plain(uint8_t *to, const struct record *record, const uint8_t *packet, size_t lines)
{
    memcpy(to, record, sizeof(*record));
    memcpy(to + sizeof(*record), packet, lines * HISTORY_LINE - sizeof(*record));
}

static void (*copy)(uint8_t *to, const struct record *record, const uint8_t *packet, size_t lines) = copy_plain;

#ifdef __x86_64__
#include <immintrin.h>

// Whole lines: one that is written in part would be read first.
__attribute__((target("avx2"))) static void copy_avx2(uint8_t *to, const struct record *record, const uint8_t *packet,
                                                      size_t lines)
{
    __m256i *out = (__m256i *)to;
    const __m256i *in = (const __m256i *)packet;
    _mm256_stream_si256(out, _mm256_loadu_si256((const __m256i *)record));
    for (size_t i = 0; i < 2 * lines - 1; i++)
        _mm256_stream_si256(out + 1 + i, _mm256_loadu_si256(in + i));
}

__attribute__((target("avx512f"))) static void copy_avx512(uint8_t *to, const struct record *record,
                                                           const uint8_t *packet, size_t lines)
{
    _mm256_stream_si256((__m256i *)to, _mm256_loadu_si256((const __m256i *)record));
    _mm256_stream_si256((__m256i *)to + 1, _mm256_loadu_si256((const __m256i *)packet));
    packet += sizeof(__m256i);
    for (size_t line = 1; line < lines; line++, packet += HISTORY_LINE)
        _mm512_stream_si512((__m512i *)to + line, _mm512_loadu_si512(packet));
}

__attribute__((constructor)) static void choose_copy(void)
{
    if (__builtin_cpu_supports("avx512f"))
        copy = copy_avx512;
    else if (__builtin_cpu_supports("avx2"))
        copy = copy_avx2;
}
#endif

static void enter_chunk(struct history *history)
{
    history->chunk = (history->chunk + 1) % HISTORY_CHUNKS;
    history->overwritten += history->counts[history->chunk];
    history->counts[history->chunk] = 0;
    history->chunk_end = history->chunk + 1 == HISTORY_CHUNKS
                             ? history->lines
                             : (history->chunk + 1) * (history->lines / HISTORY_CHUNKS);
}

// The place of so many lines in one piece: what is left at the end is skipped.
static void make_room(struct history *history, size_t lines)
{
    if (history->place + lines > history->lines) {
        history->next += history->lines - history->place;
        history->place = 0;
        while (history->chunk)
            enter_chunk(history);
    }
    while (history->place + lines > history->chunk_end)
        enter_chunk(history);
}

void history_store(struct history *history, struct history_index *index, uint64_t number, const void *packet,
                   size_t size)
{
    const struct record record = {.number = number, .size = size};
    size_t lines = (sizeof(record) + size + HISTORY_LINE - 1) / HISTORY_LINE;
    if (size > HISTORY_PACKET_MAX)
        return;
    make_room(history, lines);
    copy(history->memory + history->place * HISTORY_LINE, &record, packet, lines);
    index->lines[number % HISTORY_PACKETS] = history->next;
    history->next += lines;
    history->place += lines;
    history->counts[history->chunk]++;
    history->stored++;
}

const uint8_t *history_find(const struct history *history, const struct history_index *index, uint64_t number,
                            size_t *ret_size)
{
    uint64_t line = index->lines[number % HISTORY_PACKETS];
    struct record record;
    if (line + history->lines < history->next)
        return NULL;
    const uint8_t *at = history->memory + line % history->lines * HISTORY_LINE;
    memcpy(&record, at, sizeof(record));
    if (record.number != number)
        return NULL;
    *ret_size = (size_t)record.size;
    return at + sizeof(record);
}
