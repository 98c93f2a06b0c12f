// SPDX-License-Identifier: Apache-2.0
#include "notify_message.h"

#include <errno.h>
#include <string.h>

static bool is_name(const char *text, size_t size)
{
    if (size == 0 || size >= NOTIFY_NAME_SIZE)
        return false;
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] >= 0x7f || text[i] == ':') // colons separate the names in LISTEN_FDNAMES
            return false;
    return true;
}

static bool is_line(const char *line, size_t size, const char *text)
{
    return size == strlen(text) && !memcmp(line, text, size);
}

static int take_line(const char *line, size_t size, struct notify_message *message)
{
    static const char fdname[] = "FDNAME=";
    const size_t prefix = sizeof(fdname) - 1;
    if (size >= prefix && !memcmp(line, fdname, prefix)) {
        if (!is_name(line + prefix, size - prefix))
            return -EBADMSG;
        memcpy(message->name, line + prefix, size - prefix);
        message->name[size - prefix] = 0;
    }
    message->keep |= is_line(line, size, "FDSTORE=1");
    message->forget |= is_line(line, size, "FDSTOREREMOVE=1");
    message->alive |= is_line(line, size, "WATCHDOG=1");
    message->stops |= is_line(line, size, "STOPPING=1");
    return 0;
}

int notify_message_parse(const char *text, size_t size, struct notify_message *ret_message)
{
    struct notify_message message = {.keep = false};
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        int error = take_line(text + at, length, &message);
        if (error)
            return error;
        at += length + 1;
    }
    *ret_message = message;
    return 0;
}
