// SPDX-License-Identifier: Apache-2.0
// Whose sessions crashed workers lately: the same source does the same in the same room for some minutes no more. Of a
// bounded number, and of this process only.
#pragma once

#include "gateway.h"
#include "journal.h"

#define QUARANTINES_MAX  64
#define QUARANTINES_TIME 300000000000ULL // ns

struct quarantine {
    char room[GATEWAY_ROOM_SIZE];
    uint8_t source[GATEWAY_SOURCE_SIZE];
    bool is_publisher;
    uint64_t until; // 0: none
};

struct quarantines {
    struct quarantine list[QUARANTINES_MAX]; // the oldest is written over
    unsigned next;
};

// Not when nobody knows the source.
void quarantines_add(struct quarantines *quarantines, const struct journal_session *session, uint64_t now);

// For how many seconds still the offer is not to be taken; 0: it is.
unsigned quarantines_left(const struct quarantines *quarantines, const struct gateway_request *request, uint64_t now);
