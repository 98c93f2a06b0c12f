// SPDX-License-Identifier: Apache-2.0
// naru-ctl's command line, over the environment, over the configuration file.
#pragma once

#include "config.h"
#include "order.h"
#include <stdbool.h>
#include <stdio.h>

struct show;

struct options {
    const struct show *show; // NULL: an order, or an upgrade
    struct order order;
    const char *upgrade; // "all", or the program that is to be replaced; NULL: none
    bool as_json;
    unsigned watch_seconds;               // 0: once
    char run_directory[CONFIG_PATH_SIZE]; // of the gateway on this machine
    char url[512];                        // without a slash at the end
    char token[2048];                     // JSON Web Tokens are long
    char certificate[CONFIG_PATH_SIZE];   // trusted, beside those that the system trusts; empty: none
};

// 0: go on. 1: --help was printed. -EINVAL: a message was printed.
int options_parse(int count, char **arguments, struct options *ret_options);
void options_help(FILE *out);
