// SPDX-License-Identifier: Apache-2.0
// Writes the Prometheus text format.
#pragma once

#include "gateway_view.h"
#include <stdio.h>

struct metrics_text {
    FILE *file;
    char *body;
    size_t length;
};

void metrics_begin(struct metrics_text *text);
char *metrics_end(struct metrics_text *text, size_t *ret_length); // malloc, or NULL without memory
void metrics_family(struct metrics_text *text, const char *name, const char *type, const char *help);

// Pairs of label and value follow, then NULL.
void metrics_sample(struct metrics_text *text, const char *name, double value, ...) __attribute__((sentinel));

// metrics_workers.c
void metrics_workers(struct metrics_text *text, const struct gateway_snapshot *snapshot);
void metrics_ports(struct metrics_text *text, const struct gateway_snapshot *snapshot);
