// SPDX-License-Identifier: Apache-2.0
// naru-control's command line.
#pragma once

#include "config.h"
#include "segment.h"

#define CONTROL_LISTENERS_MAX CONFIG_ADDRESSES_MAX
#define CONTROL_FDS_MAX       (FD_WORKER_WAKE - FD_INTENT + TABLES_MAX_WORKERS + 3 + CONTROL_LISTENERS_MAX)

struct control_options {
    const char *config_path;
    bool check_config, check_memory;
    int fds[CONTROL_FDS_MAX]; // intent, state, rings, control's eventfd, one for each worker, journal, supervision,
                              // link, sockets that listen (ice.tcp-listen)
};

// 0: go on. 1: everything was said (--help, --version, --print-config), exit 0. -EINVAL: it said why, exit 1.
int control_options_parse(int argc, char **argv, struct control_options *ret_options);
