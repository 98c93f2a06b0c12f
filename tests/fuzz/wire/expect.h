// SPDX-License-Identifier: Apache-2.0
// What a fuzz target holds true in any build, also without assertions.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(condition) expect(condition, #condition, __FILE__, __LINE__)

static inline void expect(bool condition, const char *text, const char *file, int line)
{
    if (condition)
        return;
    fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
    abort();
}

// Reads all bytes of a range, so that a sanitiser sees one that lies.
static inline unsigned expect_readable(const uint8_t *data, size_t size)
{
    volatile unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    return sum;
}
