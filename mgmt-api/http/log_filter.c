// SPDX-License-Identifier: Apache-2.0
#include "log_filter.h"
#include <libwebsockets.h>
#include <stdio.h>
#include <time.h>

#define LINES_PER_MINUTE 10

static void emit(int level, const char *line)
{
    // Only the HTTP thread logs once the server runs.
    static time_t minute;
    static unsigned lines;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec / 60 != minute) {
        if (lines > LINES_PER_MINUTE)
            fprintf(stderr, "naru: http: %u further lines were left out\n", lines - LINES_PER_MINUTE);
        minute = now.tv_sec / 60;
        lines = 0;
    }
    if (lines++ < LINES_PER_MINUTE)
        fprintf(stderr, "naru: http: %s", line);
}

void log_filter_install(void)
{
    lws_set_log_level(LLL_ERR, emit);
}
