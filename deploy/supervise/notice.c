// SPDX-License-Identifier: Apache-2.0
#include "notice.h"

#include <stdarg.h>
#include <stdio.h>

void notice_write(const char *format, ...)
{
    char text[1280];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(stderr, "naru-supervise: %s\n", text); // one call: lines of several processes do not mix
}
