// SPDX-License-Identifier: Apache-2.0
// The scenarios by name, and the gateway that they run on.
#pragma once

#include "scenario.h"

const struct scenario *pipeline_find(const char *name);

// ipsec-mb, DPDK, the device. 0, else -1 after a line on stderr.
int pipeline_start(void);
void pipeline_stop(void);
