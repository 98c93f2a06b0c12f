// SPDX-License-Identifier: Apache-2.0
// The program under test in a process of its own on the last CPU: naru-dataplane over memif with shared memory as
// naru-supervise makes it, or the bare process of bare.h in its place.
#pragma once

#include "config.h"
#include "process.h"
#include "shared_memory.h"

#include <stdbool.h>
#include <stdint.h>

#define GATEWAY_DEVICE_SIZE CONFIG_STRING_SIZE

struct gateway_options {
    uint32_t transports; // as many streams and routes
    enum config_idle idle;
};

struct gateway {
    struct config config;
    struct shared_memory memory;
    struct tables *tables; // of the memory; all of it can be written
    char program[CONFIG_PATH_SIZE], config_path[64];
    uint64_t epoch;
    struct process process; // pidfd -1: it does not run
};
extern struct gateway gateway;

// The two ends of the link: what each process hands to DPDK.
void gateway_devices(char ret_server[GATEWAY_DEVICE_SIZE], char ret_client[GATEWAY_DEVICE_SIZE]);

// Configuration and segments. 0, else -errno after a line on stderr.
int gateway_open(const struct gateway_options *options);
void gateway_close(void);

// Starts the next epoch; does not wait for it. The former must be gone.
int gateway_start(void);
// Until its owner says that it serves. 0 or -ETIMEDOUT.
int gateway_wait_ready(int timeout_ms);
// SIGKILL or SIGTERM, and reaps.
void gateway_end(int signal);

// This program again as what argument says ("forward", "drop"), in the place of the gateway.
int gateway_start_bare(const char *argument);
