// SPDX-License-Identifier: Apache-2.0
// How long a killed dataplane's sessions are silent: killed, and its successor started at once over the same shared
// memory, as naru-supervise does.
#pragma once

#include <stdint.h>

struct restart_result {
    double install_ms;        // the first start: until all transports were installed
    double ready_ms, link_ms; // after the kill: the successor said so, the link was up
    double first_ms, all_ms;  // media came back to the first, to all of those that were live
    double installed_ms;      // all transports were installed again
    uint32_t transports, live;
};

// session_start_all() was called. 0, else -1 after a line on stderr.
int restart_run(uint32_t transports, uint32_t live, struct restart_result *ret_result);
