// SPDX-License-Identifier: Apache-2.0
// Memory of one description: allocated piece by piece, freed at once, bounded in total.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sdp_arena;

struct sdp_arena *sdp_arena_create(void);
void sdp_arena_destroy(struct sdp_arena *arena);

// Zeroed. NULL when memory or the bound is exhausted; from then on sdp_arena_failed(), so that a caller may check late.
void *sdp_arena_alloc(struct sdp_arena *arena, size_t size);
bool sdp_arena_failed(const struct sdp_arena *arena);

// Adds a NUL; "" on failure.
const char *sdp_arena_copy(struct sdp_arena *arena, const char *text, size_t length);
const char *sdp_arena_copy_string(struct sdp_arena *arena, const char *text);
const char *sdp_arena_printf(struct sdp_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Makes room for one more element of *array (a pointer to pointer) and returns it zeroed; elements may move.
void *sdp_arena_extend(struct sdp_arena *arena, void *array, unsigned *count, size_t element_size);

#define SDP_APPEND(arena, array, count)                                                                                \
    ((__typeof__(array))sdp_arena_extend((arena), &(array), &(count), sizeof(*(array))))
