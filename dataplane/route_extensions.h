// SPDX-License-Identifier: Apache-2.0
// The header extensions of a route's packets: the source's, mapped, and the receiver's own mid and abs-send-time.
#pragma once

#include "media_entry.h"

// Writes the block into RTP_EXTENSION_MAX bytes: all, or without what is optional the mid alone. As
// rtp_extension_rewrite returns.
int route_extensions_write(const struct route_entry *route, const uint8_t *packet, const struct rtp_header *header,
                           uint32_t send_time, bool optional, uint8_t *block);

// The next packet with elements of this layout finds its block prepared in route->plan.
void route_extensions_plan(struct route_entry *route, uint64_t layout);
