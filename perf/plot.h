// SPDX-License-Identifier: Apache-2.0
// A picture of a report as SVG: panels of bars below each other. No library, no script in it.
#pragma once

#include <jansson.h>
#include <stdio.h>

#define PLOT_PARTS 24

struct plot_part {
    const char *name; // of its colour; in the legend
    double value;
};

// One line of a panel: its parts stand on each other.
struct plot_bar {
    char label[48];
    unsigned part_count;
    struct plot_part parts[PLOT_PARTS];
    double mark; // a goal on the same scale; 0: none
};

struct plot_panel {
    const char *title, *unit;
    unsigned bar_count;
    struct plot_bar *bars;
};

// 0 or -errno.
int plot_write(FILE *out, const char *title, const struct plot_panel *panels, unsigned count);

// What a report of `naru-perf pipeline` or `memif` says, into a new file. 0, else -1 after a line on stderr.
int plot_pipeline(const char *path, const json_t *results);
int plot_memif(const char *path, const json_t *results);

// The largest of 1, 2, 5 times a power of ten of which at most five fit below `most`.
double plot_step(double most);
