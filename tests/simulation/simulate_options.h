// SPDX-License-Identifier: Apache-2.0
// naru-simulate's command line.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_LOSS = 1,
    FAULT_REORDER = 2,
    FAULT_DUPLICATE = 4,
    FAULT_DELAY = 8,
    FAULT_KILL_CONTROL = 16,
    FAULT_KILL_DATAPLANE = 32,
    FAULT_CLOCK = 64,
    FAULT_PAUSE = 128,
    FAULT_MOVE = 256
};
#define FAULTS_ALL 511u

struct options {
    uint64_t seed;
    unsigned sessions, seconds;
    unsigned faults; // enum fault
    bool trace, openssl;
};

// 0: go on. 1: everything was said, exit 0. -EINVAL: it said why, exit 2.
int options_parse(int argc, char **argv, struct options *ret_options);
// "loss,delay", in a static buffer.
const char *options_faults_text(unsigned faults);
