// SPDX-License-Identifier: Apache-2.0
// What there is to see of the processes: part of gateway_view.h's snapshot.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// What it may do, as /proc tells it; the supervisor stays root.
struct gateway_standing_view {
    bool is_known; // false: /proc is hidden from naru-control
    unsigned user;
    char capabilities[256]; // effective: "none", "all", or their names
    bool is_filtered;       // its system calls (seccomp)
    bool no_new_privileges;
    uint64_t locked_kb; // memory that cannot be swapped out
};

struct gateway_process_view {
    char name[16]; // "control", "dataplane", "supervise", "sctp"
    unsigned pid;
    uint64_t epoch, heartbeat_age_ms,
        uptime_ms; // the supervisor has no epoch, and of the last two no heartbeat is told: 0
    bool ready;
    unsigned restarts, adoptions; // how often a successor of the supervisor took it over while it ran
    char last_end[64];            // of its predecessor: "signal 9 (Killed)", "hung for 812 ms"; "" if there was none
    uint64_t last_end_age_ms;
    struct gateway_standing_view standing;
};

struct gateway_event_view { // what the supervisor saw or did
    char process[16], event[16], text[64];
    unsigned pid;
    uint64_t epoch, age_ms;
};
