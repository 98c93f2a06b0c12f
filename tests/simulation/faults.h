// SPDX-License-Identifier: Apache-2.0
// When what breaks.
#pragma once

#include <stdbool.h>

void faults_open(void);
// False: from now on nothing breaks any more but the network.
void faults_step(bool go_on);
// Starts again what is dead, as the supervisor does.
void faults_supervise(void);

struct fault_counts {
    unsigned control_kills, dataplane_kills, steps, pauses, moves;
};
extern struct fault_counts fault_counts;
