// SPDX-License-Identifier: Apache-2.0
// The candidates that this gateway names: every port's addresses, and those at which peers may connect by TCP, or what
// they are known as outside.
#pragma once

#include "config.h"
#include "policy.h"

#include <netinet/in.h>

#define ICE_CANDIDATES_MAX ((2 * CONFIG_PORTS_MAX + 1) * CONFIG_ADDRESSES_MAX)

struct ice_candidates {
    unsigned count;
    struct sdp_local_candidate list[ICE_CANDIDATES_MAX]; // address points into texts
    char texts[ICE_CANDIDATES_MAX][INET6_ADDRSTRLEN];
};

// udp_port: the ICE port of the session's shard. Priorities fall in the order of the configuration (RFC 8445 5.1.2.2).
void ice_candidates_gather(const struct config *config, uint16_t udp_port, struct ice_candidates *ret_candidates);
