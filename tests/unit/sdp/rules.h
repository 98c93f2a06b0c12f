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
