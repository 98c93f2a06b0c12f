// SPDX-License-Identifier: Apache-2.0
#include "tsc_calibration.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#define LONGEST_NS 10000000

static atomic_bool is_short;

void tsc_calibration_shorten(bool on)
{
    atomic_store(&is_short, on);
}

// Stands in front of libc's for the whole program, DPDK's libraries included.
int nanosleep(const struct timespec *duration, struct timespec *ret_remaining)
{
    struct timespec wanted = *duration;
    if (atomic_load(&is_short) && (wanted.tv_sec || wanted.tv_nsec > LONGEST_NS))
        wanted = (struct timespec){.tv_nsec = LONGEST_NS};
    int error = clock_nanosleep(CLOCK_REALTIME, 0, &wanted, ret_remaining);
    if (error)
        errno = error;
    return error ? -1 : 0;
}
