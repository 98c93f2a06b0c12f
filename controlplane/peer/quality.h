// SPDX-License-Identifier: Apache-2.0
// How good a peer's connection is, in three classes: looked at once a second, told when another class has lasted. What
// worsens is told after two looks, what improves after five, so changes are seconds apart.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum quality_class { QUALITY_GOOD, QUALITY_FAIR, QUALITY_POOR, QUALITY_CLASSES };
extern const char *const quality_names[QUALITY_CLASSES];

struct quality_figures { // the worst of its streams, since the look before
    uint32_t loss;       // of 1000
    uint32_t rtt_us, jitter_us;
};

struct quality {
    uint64_t next_at;       // monotonic ns
    uint64_t packets, lost; // that had come at the last look
    uint8_t told, seen, looks;
};

enum quality_class quality_of(const struct quality_figures *figures);
// True: quality->told is another class now.
bool quality_look(struct quality *quality, enum quality_class seen);
