// SPDX-License-Identifier: Apache-2.0
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE  16384
#define TOTAL_LIMIT (8u << 20) // several times what the caps of sdp.h allow

struct chunk {
    struct chunk *next;
    alignas(max_align_t) char bytes[];
};

struct sdp_arena {
    struct chunk *chunks;
    size_t used, size; // of the newest chunk
    size_t total;
    bool failed;
};

struct sdp_arena *sdp_arena_create(void)
{
    return calloc(1, sizeof(struct sdp_arena));
}

void sdp_arena_destroy(struct sdp_arena *arena)
{
    if (!arena)
        return;
    while (arena->chunks) {
        struct chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    free(arena);
}

bool sdp_arena_failed(const struct sdp_arena *arena)
{
    return arena->failed;
}

static bool add_chunk(struct sdp_arena *arena, size_t size)
{
    if (arena->total + size > TOTAL_LIMIT)
        return false;
    struct chunk *chunk = calloc(1, sizeof(*chunk) + size);
    if (!chunk)
        return false;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->size = size;
    arena->used = 0;
    arena->total += size;
    return true;
}

void *sdp_arena_alloc(struct sdp_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > TOTAL_LIMIT || arena->failed) {
        arena->failed = true;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if (arena->size - arena->used < size && !add_chunk(arena, size > CHUNK_SIZE ? size : CHUNK_SIZE)) {
        arena->failed = true;
        return NULL;
    }
    void *piece = arena->chunks->bytes + arena->used;
    arena->used += size;
    return piece;
}

const char *sdp_arena_copy(struct sdp_arena *arena, const char *text, size_t length)
{
    char *copy = length ? sdp_arena_alloc(arena, length + 1) : NULL;
    if (!copy)
        return "";
    return memcpy(copy, text, length);
}

const char *sdp_arena_copy_string(struct sdp_arena *arena, const char *text)
{
    return text ? sdp_arena_copy(arena, text, strlen(text)) : "";
}

const char *sdp_arena_printf(struct sdp_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length >= 0 ? sdp_arena_alloc(arena, (size_t)length + 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text ? text : "";
}

// The capacity is the power of two that holds count: it needs no field of its own.
void *sdp_arena_extend(struct sdp_arena *arena, void *array, unsigned *count, size_t element_size)
{
    void *elements;
    memcpy(&elements, array, sizeof(elements));
    if ((*count & (*count - 1)) == 0) {
        void *larger = sdp_arena_alloc(arena, (*count ? 2 * (size_t)*count : 1) * element_size);
        if (!larger)
            return NULL;
        if (*count)
            memcpy(larger, elements, *count * element_size);
        memcpy(array, &larger, sizeof(larger));
        elements = larger;
    }
    return (char *)elements + (*count)++ * element_size;
}
