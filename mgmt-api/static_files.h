// SPDX-License-Identifier: Apache-2.0
// The pages, compiled in: nothing is ever read from a disk on request. Written by embed.py.
#pragma once

#include <stddef.h>

struct static_file {
    const char *path; // "demo/whip.js"
    const char *content_type;
    const char *etag; // quoted
    const unsigned char *data;
    size_t size;
};

extern const struct static_file static_files[]; // ends with a path of NULL
