// SPDX-License-Identifier: Apache-2.0
// Streams and routes that leave the tables with their transport, where there are more of them than a departure holds.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct departing_links {
    unsigned size, count;
    struct departing_link {
        uint32_t index;
        bool is_route;
    } list[];
};

// malloc; NULL when there is no memory.
struct departing_links *departing_links_new(unsigned size);
// There must be room.
void departing_links_add(struct departing_links *links, uint32_t index, bool is_route);
