// SPDX-License-Identifier: Apache-2.0
// Judges a process by the heartbeat in its segment. No clock of its own; all times are monotonic nanoseconds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WATCHDOG_TICK_NS     100000000ULL   // how often to look
#define WATCHDOG_SILENCE_NS  800000000ULL   // a ready process shows a sign of life within that
#define WATCHDOG_START_NS    10000000000ULL // and becomes ready within that
#define WATCHDOG_LATE_NS     500000000ULL   // a watchdog that itself looks that late has no right to judge
#define WATCHDOG_PATIENCE_NS 3000000000ULL  // so long at most who waits for a CPU is not blamed

struct watchdog {
    uint64_t last_look;
    uint64_t last_change; // when the heartbeat was seen to move
    uint64_t heartbeat;
    uint64_t waited, forgiven; // for a CPU, since the heartbeat stands still; how much of it did not count
    bool ready;
};

void watchdog_begin(struct watchdog *watchdog, uint64_t now);

// True: the process hangs. heartbeat and ready are what its segment says; waited is the time that its threads have been
// kept from a CPU since it began (needed only where the heartbeat is what it was; 0: not known). Killing who starves
// makes it worse.
bool watchdog_look(struct watchdog *watchdog, uint64_t now, uint64_t heartbeat, bool ready, uint64_t waited);
