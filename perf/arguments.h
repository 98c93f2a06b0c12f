// SPDX-License-Identifier: Apache-2.0
// What all commands of naru-perf understand.
#pragma once

#include <stdbool.h>

struct perf_options {
    bool json;  // one object on stdout, nothing else
    bool quick; // fewer cases and slices: a look, not a result
    const char *only;
    const char *plot;  // file to write a picture to
    unsigned sessions; // 0: as the command has it
};

// A command's own help; printed for --help. examples end the text.
struct perf_help {
    const char *usage, *text;
    bool has_plot;
    const char *only, *sessions; // what --only and --sessions take, NULL: the command has none
};

// 0: go on; 1: help was printed; -EINVAL after a line on stderr.
int arguments_read(int argc, char **argv, const struct perf_help *help, struct perf_options *ret_options);

// One line on stderr that overwrites itself, if stderr is a terminal. done of total; total 0: ends the line.
void arguments_progress(const char *what, unsigned done, unsigned total);
