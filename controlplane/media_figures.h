// SPDX-License-Identifier: Apache-2.0
// What the tables count of one stream that comes in or one route that goes out.
#pragma once

#include "control.h"

struct media_figures {
    uint64_t packets, bytes, lost, plis, nacks, repaired;
    uint32_t kbps, jitter_us, rtt_us, fraction_lost; // of 256; RTT and fraction are of routes
    uint32_t ssrc;                                   // of a stream: the one that it is bound to
};

// False where nothing was counted yet, because the state is still another's.
bool media_figures_of_stream(const struct control *control, struct record_link stream, uint32_t clock_rate,
                             struct media_figures *ret_figures);
bool media_figures_of_route(const struct control *control, struct record_link route, uint32_t clock_rate,
                            struct media_figures *ret_figures);
