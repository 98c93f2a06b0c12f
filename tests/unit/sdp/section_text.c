// SPDX-License-Identifier: Apache-2.0
#include "section_text.h"

#include <stdio.h>
#include <string.h>

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end && end[1] ? end + 1 : NULL;
}

// The first line of a section, and where it ends.
static const char *section_begin(const char *text, int section)
{
    int index = -1;
    for (const char *line = text; line; line = next_line(line)) {
        if (strncmp(line, "m=", 2) == 0)
            index++;
        if (index == section)
            return line;
    }
    return NULL;
}

static const char *next_in_section(const char *line)
{
    line = next_line(line);
    return line && strncmp(line, "m=", 2) != 0 ? line : NULL;
}

// Walks the lines of a section that begin so; start with line NULL.
const char *section_line(const char *text, int section, const char *beginning, const char *line)
{
    line = line ? next_in_section(line) : section_begin(text, section);
    while (line && strncmp(line, beginning, strlen(beginning)) != 0)
        line = next_in_section(line);
    return line;
}

void section_copy_line(const char *at, char *buffer, size_t size)
{
    snprintf(buffer, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

const char *section_value(const char *text, int section, const char *beginning, char *buffer, size_t size)
{
    const char *line = section_line(text, section, beginning, NULL);
    *buffer = '\0';
    if (line)
        section_copy_line(line + strlen(beginning), buffer, size);
    return buffer;
}

bool section_has(const char *text, int section, const char *beginning)
{
    return section_line(text, section, beginning, NULL) != NULL;
}

int section_count(const char *text)
{
    int count = 0;
    while (section_begin(text, count))
        count++;
    return count;
}
