// SPDX-License-Identifier: Apache-2.0
#include "simulation.h"

#include <stdarg.h>
#include <stdio.h>

#define WALL_START   1800000000 // seconds since 1970
#define BROKEN_SHOWN 20

struct simulation simulation = {.now = 1000 * SECOND, .hash = 0xcbf29ce484222325ULL};

uint64_t simulation_monotonic(void)
{
    return simulation.now - simulation.lag;
}

int64_t simulation_wall(void)
{
    return WALL_START + (int64_t)(simulation.now / SECOND) + simulation.wall_offset;
}

static void add_to_hash(const char *text)
{
    for (; *text; text++)
        simulation.hash = (simulation.hash ^ (unsigned char)*text) * 0x100000001b3ULL; // FNV-1a
}

void trace(const char *format, ...)
{
    char text[512];
    va_list arguments;
    int used = snprintf(text, sizeof(text), "%lu.%03lu ", (unsigned long)(simulation.now / SECOND),
                        (unsigned long)(simulation.now / MILLISECOND % 1000));
    va_start(arguments, format);
    vsnprintf(text + used, sizeof(text) - (size_t)used, format, arguments);
    va_end(arguments);
    add_to_hash(text);
    if (simulation.options.trace)
        puts(text);
}

void broken(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    trace("BROKEN %s", text);
    if (simulation.broken++ < BROKEN_SHOWN)
        fprintf(stderr, "naru-simulate: seed %lu, %lu.%03lu s: %s\n", (unsigned long)simulation.options.seed,
                (unsigned long)(simulation.now / SECOND), (unsigned long)(simulation.now / MILLISECOND % 1000), text);
}
