// SPDX-License-Identifier: Apache-2.0
// What a service says to its manager on NOTIFY_SOCKET: lines of NAME=VALUE (sd_notify(3)), of which naru uses these.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NOTIFY_NAME_SIZE 64 // of a kept descriptor, with its NUL; systemd allows 255

struct notify_message {
    bool keep;                   // FDSTORE=1
    bool forget;                 // FDSTOREREMOVE=1
    bool alive;                  // WATCHDOG=1
    bool stops;                  // STOPPING=1
    char name[NOTIFY_NAME_SIZE]; // FDNAME=
};

// Lines that are not known are passed over. 0, or -EBADMSG: a name that is too long, or not one (printable ASCII
// without a colon).
int notify_message_parse(const char *text, size_t size, struct notify_message *ret_message);
