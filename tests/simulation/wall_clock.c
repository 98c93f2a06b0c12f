// SPDX-License-Identifier: Apache-2.0
// The wall clock of this program, OpenSSL's calls included: it is the simulated machine's. Linked into the program,
// these come before the C library's.
#include "simulation.h"

#include <sys/time.h>
#include <time.h>

int gettimeofday(struct timeval *ret_now, void *unused)
{
    ret_now->tv_sec = (time_t)simulation_wall();
    ret_now->tv_usec = (suseconds_t)(simulation.now / 1000 % 1000000);
    return 0;
}

time_t time(time_t *ret_now)
{
    time_t now = (time_t)simulation_wall();
    if (ret_now)
        *ret_now = now;
    return now;
}
