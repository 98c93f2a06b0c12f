// SPDX-License-Identifier: Apache-2.0
// An input as a list of steps: words written anywhere into the shared records, between steps of the process that reads
// them. No process may be led outside its memory by what another one wrote (tables/segment.h).
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct word_op {
    uint8_t what, index;
    uint16_t place;
    uint32_t value;
};
_Static_assert(sizeof(struct word_op) == 8, "as it stands in an input");

static inline size_t word_op_read(const uint8_t *data, size_t size, size_t number, struct word_op *ret_op)
{
    if ((number + 1) * sizeof(*ret_op) > size)
        return 0;
    memcpy(ret_op, data + number * sizeof(*ret_op), sizeof(*ret_op));
    return 1;
}

// One word of a record of that size.
static inline void word_op_write(const struct word_op *op, void *record, size_t size)
{
    size_t words = size / sizeof(uint32_t);
    if (record)
        atomic_store((_Atomic uint32_t *)record + op->place % words, op->value);
}
