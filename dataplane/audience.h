// SPDX-License-Identifier: Apache-2.0
// Who hears a stream on one worker: routes, in the order in which they came.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AUDIENCE_SHORT 16u // receivers; longer lists double from there

struct worker;
struct route_entry;

// All zero: nobody. Writer: the worker that owns the receiving transports.
struct audience {
    uint32_t *routes;
    uint32_t count, capacity;
    uint32_t rtx_count; // of them take RTX
    bool is_mirror;     // of a stream of another worker: it stands in a struct mirror
};

// 0 or -ENOMEM. The route belongs to no audience before.
int audience_join(struct worker *worker, struct audience *audience, uint32_t route);

// The order stays, and the packets under way with it: none skips a receiver or serves one twice.
void audience_leave(struct worker *worker, uint32_t route);

// The stream ends here. Packets under way reach nobody more, and its receivers look for it again: it may have moved.
void audience_dismiss(struct worker *worker, struct audience *audience);
