// SPDX-License-Identifier: Apache-2.0
// Bytes to the server and back, for what no HTTP client would do.
#pragma once

#include <stddef.h>

int raw_connect(void);
void raw_send(int fd, const char *text);

// Reads until the peer closes or `seconds` have passed. Returns the bytes read; *ret_closed says which.
size_t raw_read(int fd, char *buffer, size_t size, unsigned seconds, int *ret_closed);

// All of it at once: the status of the answer, 0 if the connection was closed without one.
unsigned raw_status(const char *text);
