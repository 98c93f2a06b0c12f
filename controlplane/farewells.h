// SPDX-License-Identifier: Apache-2.0
// Sessions that ended lately. A page that closes its connection and then sends DELETE, or whose publisher left first,
// asks for nothing wrong: it is answered once as if the session were still there.
#pragma once

#include "gateway.h"

#define FAREWELLS_MAX  1024
#define FAREWELLS_TIME 30000000000ULL // ns

struct farewell {
    char id[GATEWAY_ID_SIZE]; // "": none
    bool is_publisher;
    uint64_t at;
};

struct farewells {
    struct farewell list[FAREWELLS_MAX]; // the oldest is written over
    unsigned next;
};

void farewells_add(struct farewells *farewells, const char *id, bool is_publisher, uint64_t now);
// Whether it ended lately; then it is forgotten.
bool farewells_take(struct farewells *farewells, const char *id, bool is_publisher, uint64_t now);
