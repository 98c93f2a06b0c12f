// SPDX-License-Identifier: Apache-2.0
// One load on the gateway, measured beside its floor in slices of a few milliseconds.
#pragma once

#include "floor.h"
#include "measure.h"

#include <jansson.h>

struct scenario {
    const char *name;
    struct rooms rooms;
    unsigned payload;
    unsigned audio_share; // of a hundred packets: audio of 160 bytes beside the payload's video
    enum traffic_order order;
    double goal; // of the ratio to the floor; 0: none
};

#define SCENARIO_NODES 48

struct scenario_result {
    // Cycles per packet sent. The floor of a relay is unprotect + protect + forward, of a fan-out protect + transmit.
    struct series protect, unprotect, forward, transmit, floor, whole;
    double ratio;
    uint64_t packets, drops;
    unsigned disturbed; // slices thrown away: the CPU was taken away
    int verified;
    struct {
        char name[32];
        double cycles; // per packet sent
        double calls;  // packets per call
    } nodes[SCENARIO_NODES];
    unsigned node_count;
    const char *protect_mode, *unprotect_mode;
    double rate; // packets per second of one core at the median
};

// 0, else -1 after a line on stderr.
int scenario_run(const struct scenario *scenario, unsigned slices, struct scenario_result *ret_result);

void scenario_print(const struct scenario *scenario, const struct scenario_result *result);
json_t *scenario_json(const struct scenario *scenario, const struct scenario_result *result);
