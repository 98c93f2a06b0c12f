// SPDX-License-Identifier: Apache-2.0
#include "system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static int64_t wall(void)
{
    return (int64_t)time(NULL);
}

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
static void fill(void *bytes, size_t size)
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

const struct system system_kernel = {.monotonic = monotonic, .wall = wall, .random = fill};
