// SPDX-License-Identifier: Apache-2.0
// What a figure was measured on, for every report.
#pragma once

#include <jansson.h>

// Processor, its cycles per second, ipsec-mb's build. crypto_start() was called.
const char *machine_describe(void);

// {"machine": ..., name: value} on stdout. The reference to value stays the caller's.
void machine_print_json(const char *name, json_t *value);
