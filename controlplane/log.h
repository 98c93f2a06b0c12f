// SPDX-License-Identifier: Apache-2.0
// Lines on stderr. Each place in the code may write LOG_BURST lines a second; what it left out is told with its next
// line. Never a key, a password or a token.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#define LOG_BURST 10

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

// One per place, static. From any thread.
struct log_site {
    _Atomic uint64_t second;
    _Atomic uint32_t written, left_out;
};

void log_set_level(enum log_level level);
void log_write(struct log_site *site, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_at(level, ...)                                                                                             \
    do {                                                                                                               \
        static struct log_site log_site_here;                                                                          \
        log_write(&log_site_here, level, __VA_ARGS__);                                                                 \
    } while (0)
#define log_error(...)   log_at(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_at(LOG_DEBUG, __VA_ARGS__)
