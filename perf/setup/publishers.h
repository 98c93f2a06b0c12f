// SPDX-License-Identifier: Apache-2.0
// The other side of the sessions: naru-client, the independent client of the tests, under orders.
#pragma once

#include "stage.h"

struct publishers {
    pid_t client;
    int orders;
    void *answers; // FILE
    unsigned sessions;
};

struct publishers_result {
    unsigned asked, connected, failed, most_at_once;
    double seconds, client_cpu, p50_ms, p90_ms, p99_ms, max_ms, late_ms;
};

// A client whose rooms are named after number: several do not meet. 0 or -1 after a line on stderr.
int publishers_start(const struct stage *stage, unsigned number, struct publishers *ret_load);
void publishers_stop(struct publishers *load);

// Publishers, each over an HTTP connection of its own, at that many a second, until all are up or have failed. 0 or -1.
int publishers_open(struct publishers *load, unsigned count, double rate, struct publishers_result *ret_result);
// DELETE of all.
int publishers_close(struct publishers *load);
