// SPDX-License-Identifier: Apache-2.0
// The command line of naru-peers measure.
#pragma once

#include "server.h"

struct options {
    const struct server *server;
    struct server_options to;
    const char *interface;
    unsigned pid, cpu, flows, copies, payload, runs;
    bool verbose;
    double seconds, guess, most, rate; // rate > 0: windows at that rate, no search
};

// 0; 1: help was printed; -EINVAL after a line on stderr.
int options_read(int argc, char **argv, struct options *ret_options);
