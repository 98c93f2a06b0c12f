// SPDX-License-Identifier: Apache-2.0
// WHEP: an offer becomes a viewer with a route for each stream that it gets.
#include "control_parts.h"
#include "joining.h"

#include <errno.h>
#include <string.h>

#define PUBLISHER_RETRY_SECONDS 2

// sources: which of the publisher's sections each of the viewer's gets.
static int take_routes(struct control *control, struct session *session, struct gateway_request *request,
                       uint32_t sources[JOURNAL_SECTIONS])
{
    for (uint32_t i = 0; i < session->record.section_count; i++) {
        struct record_link *link = &session->record.sections[i].link;
        sources[i] = link->index;
        if (intents_new_route(&control->intents, link)) {
            refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all %u routes are taken (limits.routes)",
                           control->tables.limits.routes);
            return -ENOSPC;
        }
    }
    return 0;
}

static void publish_routes(struct control *control, const struct session *session,
                           const struct journal_session *publisher, const uint32_t sources[JOURNAL_SECTIONS])
{
    const struct journal_session *record = &session->record;
    for (uint32_t i = 0; i < record->section_count; i++) {
        const struct journal_section *section = &record->sections[i], *source = &publisher->sections[sources[i]];
        struct route_intent route = {.generation = section->link.generation,
                                     .kind = section->kind,
                                     .payload_count = 1,
                                     .from_stream = source->link,
                                     .to_transport = record->transport,
                                     .ssrc = section->ssrc,
                                     .rtx_ssrc = section->rtx_ssrc,
                                     .clock_rate = section->clock_rate,
                                     .payloads = {{.from = source->payload_type, .to = section->payload_type}}};
        if (section->rtx_payload_type != SDP_NO_PAYLOAD)
            route.rtx_payload_types[0] = section->rtx_payload_type;
        if (i + 1 < record->section_count)
            route.next = record->sections[i + 1].link;
        memcpy(route.mid, section->mid, sizeof(route.mid));
        memcpy(route.extension_ids, section->extension_ids, sizeof(route.extension_ids));
        intents_publish_route(&control->intents, section->link.index, &route);
    }
}

static void join(struct control *control, const struct agreement *agreement, struct room *room,
                 struct gateway_request *request, uint64_t now)
{
    struct session *session;
    uint32_t sources[JOURNAL_SECTIONS];
    if (joining_prepare(control, agreement, request, now, &session))
        return;
    if (take_routes(control, session, request, sources) || agreement_print(agreement, request)) {
        joining_cancel(control, session);
        if (request->status == GATEWAY_OK)
            refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return;
    }
    publish_routes(control, session, &room->publisher->record, sources);
    joining_complete(control, agreement, session, room, request, now);
}

// Whose worker has no room for more viewers, of this room or at all. A drained one is to have none anywhere.
static bool is_full(struct control *control, const struct room *room)
{
    uint32_t worker = intents_worker_of(&control->intents, room->shard);
    if (room->home_viewers >= control->config->rooms.viewers_per_shard)
        return true;
    return placement_is_overloaded(control, worker) && !worker_is_draining(control, worker) &&
           !control->intents.shards[room->shard].draining;
}

// Beside the publisher while there is room, then with the worker that has the most to spare. None moves later.
uint32_t subscribe_place(struct control *control, const struct room *room)
{
    uint32_t shard;
    enum gateway_refusal why;
    if (!is_full(control, room) || placement_pick(control, &shard, &why) ||
        intents_worker_of(&control->intents, shard) == intents_worker_of(&control->intents, room->shard))
        return room->shard;
    return shard;
}

void subscribe(struct control *control, struct gateway_request *request, uint64_t now)
{
    if (!room_name_is_valid(request->room)) {
        refuse(request, GATEWAY_BAD_ROOM, 0, "a room's name is 1 to 64 of A-Z a-z 0-9 . _ -");
        return;
    }
    if (admit(control, request, now))
        return;
    struct room *room = rooms_find(&control->rooms, request->room);
    if (!room || !room->publisher) {
        refuse(request, GATEWAY_NO_PUBLISHER, PUBLISHER_RETRY_SECONDS, "nobody publishes in room %s", request->room);
        return;
    }
    uint32_t shard = subscribe_place(control, room);
    if (admit_to_room(room, request) || admit_to_shard(control, request, shard) ||
        admit_at_this_rate(control, request, now))
        return;
    struct agreement agreement;
    agreement_begin(control, room->publisher, shard, &agreement);
    if (!agreement_reach(&agreement, request))
        join(control, &agreement, room, request, now);
    agreement_end(&agreement);
}
