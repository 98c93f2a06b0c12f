// SPDX-License-Identifier: Apache-2.0
#include "bencode.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX  16
#define DIGITS_MAX 7

__attribute__((format(printf, 2, 3))) static void put(struct bencode_writer *writer, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    size_t room = writer->size - writer->used;
    int length = vsnprintf(writer->data + writer->used, room, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= room)
        writer->full = true;
    else
        writer->used += (size_t)length;
}

static void put_string(struct bencode_writer *writer, const char *text)
{
    put(writer, "%zu:%s", strlen(text), text);
}

void bencode_begin(struct bencode_writer *writer, char *data, size_t size)
{
    *writer = (struct bencode_writer){.data = data, .size = size};
    put(writer, "d");
}

void bencode_pair(struct bencode_writer *writer, const char *key, const char *value)
{
    put_string(writer, key);
    put_string(writer, value);
}

void bencode_list(struct bencode_writer *writer, const char *key, const char *const *values, unsigned count)
{
    put_string(writer, key);
    put(writer, "l");
    for (unsigned i = 0; i < count; i++)
        put_string(writer, values[i]);
    put(writer, "e");
}

int bencode_end(struct bencode_writer *writer)
{
    put(writer, "e");
    return writer->full ? -ENOSPC : (int)writer->used;
}

// A string at `at`; the place behind it, NULL: there is none.
static const char *read_string(const char *at, const char *end, const char **ret_value, size_t *ret_size)
{
    size_t length = 0;
    const char *first = at;
    while (at < end && at - first < DIGITS_MAX && *at >= '0' && *at <= '9')
        length = length * 10 + (size_t)(*at++ - '0');
    if (at == first || at == end || *at++ != ':' || length > (size_t)(end - at))
        return NULL;
    *ret_value = at;
    *ret_size = length;
    return at + length;
}

// The place behind the value at `at`, whatever it is.
static const char *skip(const char *at, const char *end, unsigned depth)
{
    const char *value;
    size_t size;
    if (at >= end || depth == DEPTH_MAX)
        return NULL;
    if (*at == 'i') {
        const char *close = memchr(at, 'e', (size_t)(end - at));
        return close ? close + 1 : NULL;
    }
    if (*at != 'l' && *at != 'd')
        return read_string(at, end, &value, &size);
    for (at++; at && at < end && *at != 'e';)
        at = skip(at, end, depth + 1);
    return at && at < end ? at + 1 : NULL;
}

int bencode_find(const char *data, size_t size, const char *key, const char **ret_value, size_t *ret_size)
{
    const char *at = data, *end = data + size, *name;
    size_t length;
    if (size == 0 || *at++ != 'd')
        return -EBADMSG;
    while (at < end && *at != 'e') {
        const char *value = read_string(at, end, &name, &length);
        if (!value)
            return -EBADMSG;
        if (length == strlen(key) && memcmp(name, key, length) == 0)
            return read_string(value, end, ret_value, ret_size) ? 0 : -ENOENT;
        at = skip(value, end, 0);
        if (!at)
            return -EBADMSG;
    }
    return at < end ? -ENOENT : -EBADMSG;
}
