// SPDX-License-Identifier: Apache-2.0
#include "farewells.h"

#include <stdio.h>
#include <string.h>

void farewells_add(struct farewells *farewells, const char *id, bool is_publisher, uint64_t now)
{
    struct farewell *farewell = &farewells->list[farewells->next];
    farewells->next = (farewells->next + 1) % FAREWELLS_MAX;
    snprintf(farewell->id, sizeof(farewell->id), "%s", id);
    farewell->is_publisher = is_publisher;
    farewell->at = now;
}

bool farewells_take(struct farewells *farewells, const char *id, bool is_publisher, uint64_t now)
{
    for (unsigned i = 0; id[0] && i < FAREWELLS_MAX; i++) {
        struct farewell *farewell = &farewells->list[i];
        if (strcmp(farewell->id, id) || farewell->is_publisher != is_publisher)
            continue;
        farewell->id[0] = 0;
        return now - farewell->at < FAREWELLS_TIME;
    }
    return false;
}
