// SPDX-License-Identifier: Apache-2.0
// Bencode, as rtpengine's NG protocol speaks it: strings and one dictionary of them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct bencode_writer {
    char *data;
    size_t size, used;
    bool full; // something did not fit: what was written is of no use
};

void bencode_begin(struct bencode_writer *writer, char *data, size_t size); // a dictionary
void bencode_pair(struct bencode_writer *writer, const char *key, const char *value);
void bencode_list(struct bencode_writer *writer, const char *key, const char *const *values, unsigned count);
// The length of the text; -ENOSPC.
int bencode_end(struct bencode_writer *writer);

// A string of the dictionary in data, in place. -ENOENT: no such key, or it is no string; -EBADMSG: no dictionary.
int bencode_find(const char *data, size_t size, const char *key, const char **ret_value, size_t *ret_size);
