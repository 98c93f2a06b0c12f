// SPDX-License-Identifier: Apache-2.0
#include "quarantines.h"

#include <stdio.h>
#include <string.h>

void quarantines_add(struct quarantines *quarantines, const struct journal_session *session, uint64_t now)
{
    static const uint8_t nobody[GATEWAY_SOURCE_SIZE];
    if (!memcmp(session->source, nobody, sizeof(nobody)))
        return;
    struct quarantine *quarantine = &quarantines->list[quarantines->next];
    quarantines->next = (quarantines->next + 1) % QUARANTINES_MAX;
    snprintf(quarantine->room, sizeof(quarantine->room), "%s", session->room_name);
    memcpy(quarantine->source, session->source, sizeof(quarantine->source));
    quarantine->is_publisher = session->is_publisher;
    quarantine->until = now + QUARANTINES_TIME;
}

static bool concerns(const struct quarantine *quarantine, const struct gateway_request *request)
{
    return quarantine->is_publisher == (request->operation == GATEWAY_PUBLISH) &&
           !memcmp(quarantine->source, request->source, sizeof(request->source)) &&
           !strcmp(quarantine->room, request->room);
}

unsigned quarantines_left(const struct quarantines *quarantines, const struct gateway_request *request, uint64_t now)
{
    uint64_t until = now;
    for (unsigned i = 0; i < QUARANTINES_MAX; i++)
        if (quarantines->list[i].until > until && concerns(&quarantines->list[i], request))
            until = quarantines->list[i].until;
    return (unsigned)((until - now + 999999999) / 1000000000);
}
