// SPDX-License-Identifier: Apache-2.0
// What a full agent works with: this gateway's addresses, and the peer's candidates as addresses.
#pragma once

#include "config.h"
#include "description.h"
#include "ice_agent.h"

// Every port's addresses, with the priorities that ice_candidates_gather names. Returns how many, at most
// ICE_LOCALS_MAX.
unsigned ice_locals_gather(const struct config *config, uint16_t udp_port, struct ice_local ret_locals[ICE_LOCALS_MAX]);

// 0; -EPROTONOSUPPORT for what is not UDP and RTP's component; -EINVAL for a name (mDNS), which is never looked up.
int ice_remote_read(const struct sdp_candidate *candidate, struct ice_remote *ret_remote);
