// SPDX-License-Identifier: Apache-2.0
#include "format.h"
#include <stdio.h>

long long number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

const char *duration_of(long long milliseconds, char text[FORMAT_SIZE])
{
    long long seconds = milliseconds / 1000;
    if (seconds < 60)
        snprintf(text, FORMAT_SIZE, "%llds", seconds);
    else if (seconds < 3600)
        snprintf(text, FORMAT_SIZE, "%lldm%02llds", seconds / 60, seconds % 60);
    else
        snprintf(text, FORMAT_SIZE, "%lldh%02lldm", seconds / 3600, seconds / 60 % 60);
    return text;
}
