// SPDX-License-Identifier: Apache-2.0
// The command line of naru-dataplane, and the EAL's made from the configuration.
#pragma once

#include "config.h"

#include <stdbool.h>

#define OPTIONS_EAL_MAX 64

struct options {
    const char *config_path;
    bool check_memory;
    bool check_config, print_config, print_graph;
    struct config config;
};

struct eal_arguments {
    int count;
    char *values[OPTIONS_EAL_MAX + 1];
    char text[OPTIONS_EAL_MAX][2 * CONFIG_STRING_SIZE];
};

// Reads the arguments and the file that they name. 0: go on; 1: done (help and the like); else -EINVAL after a clear
// line on stderr: the program exits 2.
int options_parse(int argc, char **argv, struct options *ret_options);

// huge: 2 MiB pages from the kernel, else ordinary memory.
void options_eal(const struct config *config, bool huge, struct eal_arguments *ret_arguments);

// Whether to use huge pages: as configured, and as many as are free. -ENOMEM: required, but too few (said on stderr).
int options_choose_huge(const struct config *config, bool *ret_huge);
