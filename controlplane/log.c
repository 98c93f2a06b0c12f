// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include "system.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static _Atomic int current_level = LOG_INFO;
static const char *const level_names[] = {"error", "warning", "info", "debug"};

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&current_level, (int)level, memory_order_relaxed);
}

// Two threads at the turn of a second may write a line too many: harmless.
static bool may_write(struct log_site *site, uint32_t *ret_left_out)
{
    uint64_t second = system_kernel.monotonic() / 1000000000ULL + 1;
    *ret_left_out = 0;
    if (atomic_exchange_explicit(&site->second, second, memory_order_relaxed) != second) {
        atomic_store_explicit(&site->written, 0, memory_order_relaxed);
        *ret_left_out = atomic_exchange_explicit(&site->left_out, 0, memory_order_relaxed);
    }
    if (atomic_fetch_add_explicit(&site->written, 1, memory_order_relaxed) < LOG_BURST)
        return true;
    atomic_fetch_add_explicit(&site->left_out, 1, memory_order_relaxed);
    return false;
}

void log_write(struct log_site *site, enum log_level level, const char *format, ...)
{
    uint32_t left_out;
    if ((int)level > atomic_load_explicit(&current_level, memory_order_relaxed) || !may_write(site, &left_out))
        return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    // One call: lines of two threads do not mix.
    if (left_out)
        fprintf(stderr, "naru-control: %s: %s (and %u more like it)\n", level_names[level], text, left_out);
    else
        fprintf(stderr, "naru-control: %s: %s\n", level_names[level], text);
}
