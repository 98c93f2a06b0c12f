// SPDX-License-Identifier: Apache-2.0
#include "random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void ask_kernel(uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom(bytes + done, size - done, 0);
        if (got < 0 && errno != EINTR)
            abort(); // no kernel that this runs on is without
        done += got > 0 ? (size_t)got : 0;
    }
}

// A session takes six small helpings: they come out of one large one. What was handed out is wiped.
void random_fill(void *bytes, size_t size)
{
    static _Thread_local uint8_t stock[512];
    static _Thread_local size_t left;
    if (size > sizeof(stock)) {
        ask_kernel(bytes, size);
        return;
    }
    if (size > left) {
        ask_kernel(stock, sizeof(stock));
        left = sizeof(stock);
    }
    left -= size;
    memcpy(bytes, stock + left, size);
    explicit_bzero(stock + left, size);
}

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
