// SPDX-License-Identifier: Apache-2.0
// Checks an answer against its offer, line by line in the text: nothing of the parser or the printer is used.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct rule {
    const char *name, *clause;
    bool (*holds)(const char *offer, const char *answer);
};

extern const struct rule answer_rules[];
extern const size_t answer_rule_count;

// The value of the n-th m-section's first line with this beginning ("a=mid:"), copied; "" where there is none.
// Section -1 is the session.
const char *section_value(const char *text, int section, const char *beginning, char *buffer, size_t size);
bool section_has(const char *text, int section, const char *line_beginning);
int section_count(const char *text);
