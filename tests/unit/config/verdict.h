// SPDX-License-Identifier: Apache-2.0
// A row of a table of configuration files: what stands in the file and what the parser says to it.
#pragma once

#include <stddef.h>

struct verdict {
    const char *file;
    const char *message; // exactly; NULL: the file is good
};

void verdicts_hold(const struct verdict *verdicts, size_t count);

#define VERDICTS_HOLD(verdicts) verdicts_hold(verdicts, sizeof(verdicts) / sizeof *(verdicts))

// A message about line, as it begins and ends.
#define SAYS(line, text) "f.yaml:" #line ": " text

void check_ports_suite(void);
void check_suite(void);
void parse_suite(void);
void print_suite(void);
void value_suite(void);
