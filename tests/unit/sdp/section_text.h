// SPDX-License-Identifier: Apache-2.0
// Lines of a description as plain text, section by section; section -1 is the session.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The value of the n-th m-section's first line with this beginning ("a=mid:"), copied; "" where there is none.
const char *section_value(const char *text, int section, const char *beginning, char *buffer, size_t size);
bool section_has(const char *text, int section, const char *line_beginning);
int section_count(const char *text);
// Walks the lines that begin so: start with line NULL, ends with NULL.
const char *section_line(const char *text, int section, const char *beginning, const char *line);
void section_copy_line(const char *at, char *buffer, size_t size);
