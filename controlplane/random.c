// SPDX-License-Identifier: Apache-2.0
#include "random.h"

#include <stdint.h>

void random_hex(random_fn random, char *ret_text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[32];
    for (size_t i = 0; i < size; i++) {
        if (i % (2 * sizeof(bytes)) == 0)
            random(bytes, sizeof(bytes));
        uint8_t byte = bytes[i / 2 % sizeof(bytes)];
        ret_text[i] = digits[i % 2 ? byte & 15 : byte >> 4];
    }
    ret_text[size] = 0;
}
