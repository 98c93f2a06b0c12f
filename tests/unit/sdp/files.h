// SPDX-License-Identifier: Apache-2.0
// Files of the shared corpora, for tests that read many of them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct file_text {
    char name[256]; // without the folder
    char *text;     // NUL-terminated
    size_t length;
};

struct file_list {
    struct file_text *files;
    size_t count;
};

// All files of a folder below the corpora, sorted by name. False, after a message, where the corpora are absent; that
// is a failed assertion with NARU_REQUIRE_CORPORA=1.
bool files_load(const char *folder, const char *suffix, struct file_list *ret_list);
void files_free(struct file_list *list);
