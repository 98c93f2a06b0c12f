// SPDX-License-Identifier: Apache-2.0
// What setting up sessions costs and how long it takes, and what an idle one holds.
#pragma once

#include "publishers.h"
#include "usage.h"

#include <jansson.h>

#define SETUP_ROUNDS_MAX 16

struct setup_plan {
    unsigned tables;   // sessions that the tables have room for
    unsigned idle;     // sessions brought up and left alone, 0: not measured
    unsigned rounds;   // 0: not measured
    double seconds;    // of each step of the search and of each round
    double first_rate; // where the search begins
};

// CPU microseconds of naru-control per session beside those of a bare handshake's server, of each round: at the highest
// rate, where both find the caches warm.
struct setup_cost {
    double highest_rate, control_busy, client_busy; // at that rate, of one CPU each
    unsigned rounds, sessions, failed;
    double session_us[SETUP_ROUNDS_MAX], handshake_us[SETUP_ROUNDS_MAX];
    double rate, half_us;                  // half of it, CPU per session there, and the time:
    double p50_ms, p90_ms, p99_ms, max_ms; // of the worst round
};

struct setup_idle {
    unsigned sessions, failed;
    struct usage_memory before, after;
    long rtp_accepted, rtp_refused; // two packets of each session were sent
};

// In the namespaces. 0 or -1 after a line on stderr.
int setup_cost_measure(const struct setup_plan *plan, struct setup_cost *ret_cost);
int setup_idle_measure(const struct setup_plan *plan, struct setup_idle *ret_idle);

// In namespaces of its own: what the plan asks for. NULL after a line on stderr.
json_t *setup_run(const struct setup_plan *plan);
