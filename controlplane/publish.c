// SPDX-License-Identifier: Apache-2.0
// WHIP: an offer becomes a publisher with its streams, and a room.
#include "control_parts.h"
#include "joining.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int take_streams(struct control *control, struct session *session, struct gateway_request *request)
{
    for (uint32_t i = 0; i < session->record.section_count; i++)
        if (intents_new_stream(&control->intents, &session->record.sections[i].link)) {
            refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all %u streams are taken (limits.streams)",
                           control->tables.limits.streams);
            return -ENOSPC;
        }
    return 0;
}

static void publish_streams(struct control *control, const struct agreement *agreement, const struct session *session)
{
    const struct journal_session *record = &session->record;
    for (uint32_t i = 0; i < record->section_count; i++) {
        const struct journal_section *section = &record->sections[i];
        struct stream_intent stream = {.generation = section->link.generation,
                                       .kind = section->kind,
                                       .payload_count = 1,
                                       .nack = section->nack,
                                       .transport = record->transport,
                                       .ssrc = section->ssrc,
                                       .rtx_ssrc = section->rtx_ssrc,
                                       .payloads = {{.payload_type = section->payload_type,
                                                     .rtx_payload_type = section->rtx_payload_type,
                                                     .clock_rate = section->clock_rate}}};
        if (i + 1 < record->section_count)
            stream.next = record->sections[i + 1].link;
        memcpy(stream.mid, section->mid, sizeof(stream.mid));
        memcpy(stream.extension_ids, section->extension_ids, sizeof(stream.extension_ids));
        for (unsigned j = 0; j < agreement->answer->section_count; j++)
            if (agreement->answer->sections[j].rid && agreement->answer->sections[j].verdict == SDP_ACCEPTED &&
                !strcmp(agreement->answer->sections[j].mid, section->mid))
                snprintf(stream.rid, sizeof(stream.rid), "%s", agreement->answer->sections[j].rid);
        intents_publish_stream(&control->intents, section->link.index, &stream);
    }
}

static int open_room(struct control *control, struct gateway_request *request, uint32_t shard, uint64_t now,
                     struct room **ret_room)
{
    struct room *room = rooms_find(&control->rooms, request->room);
    if (room && room->publisher) // takeover is allowed, or this was not reached
        session_end(control, room->publisher, SESSION_CLOSED, "another publisher took the room over", now);
    *ret_room = rooms_find(&control->rooms, request->room); // of members that are there already
    if (*ret_room)
        return 0;
    int error = rooms_add(&control->rooms, request->room, shard, 0, now, ret_room);
    if (error)
        refuse_for_now(request, REFUSED_TABLE_FULL, 5, "all %u rooms are taken (limits.rooms)", control->rooms.limit);
    return error;
}

static void join(struct control *control, const struct agreement *agreement, struct gateway_request *request,
                 uint64_t now)
{
    struct session *session;
    struct room *room;
    if (joining_prepare(control, agreement, request, now, &session))
        return;
    if (take_streams(control, session, request) || agreement_print(agreement, request) ||
        open_room(control, request, agreement->shard, now, &room)) {
        joining_cancel(control, session);
        if (request->status == GATEWAY_OK)
            refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return;
    }
    publish_streams(control, agreement, session);
    joining_complete(control, agreement, session, room, request, now);
    room_changed(control, room, now);
}

// Its publisher may not be replaced either.
static int refuse_drained_room(const struct control *control, struct gateway_request *request)
{
    const struct room *room = rooms_find(&control->rooms, request->room);
    return room ? admit_to_room(room, request) : 0;
}

static int place(struct control *control, struct gateway_request *request, uint32_t *ret_shard)
{
    enum gateway_refusal why;
    const struct room *room = rooms_find(&control->rooms, request->room);
    if (room && !room->publisher) { // of members: its streams are to be beside them
        *ret_shard = room->shard;
        return admit_to_shard(control, request, room->shard);
    }
    if (!placement_pick(control, ret_shard, &why))
        return 0;
    if (why == REFUSED_WORKER_LOAD)
        refuse_for_now(request, why, 5, "every worker is as busy as it may be (limits.worker-load)");
    else
        refuse_for_now(request, why, 10, "every shard is being drained");
    return -EBUSY;
}

static bool has_publisher(const struct control *control, const char *name)
{
    const struct room *room = rooms_find(&control->rooms, name);
    return room && room->publisher;
}

static int find_place(struct control *control, struct gateway_request *request, uint64_t now, uint32_t *ret_shard)
{
    if (!room_name_is_valid(request->room))
        refuse(request, GATEWAY_BAD_ROOM, 0, "a room's name is 1 to 64 of A-Z a-z 0-9 . _ -");
    else if (has_publisher(control, request->room) && !control->config->whip.takeover)
        refuse(request, GATEWAY_ROOM_TAKEN, 0, "room %s has a publisher (whip.takeover would replace it)",
               request->room);
    else if (!refuse_drained_room(control, request) && !admit(control, request, now) &&
             !place(control, request, ret_shard) && !admit_at_this_rate(control, request, now))
        return 0;
    return -EBUSY;
}

void publish(struct control *control, struct gateway_request *request, uint64_t now)
{
    uint32_t shard;
    struct agreement agreement;
    if (find_place(control, request, now, &shard))
        return;
    agreement_begin(control, NULL, shard, &agreement);
    if (!agreement_reach(&agreement, request))
        join(control, &agreement, request, now);
    agreement_end(&agreement);
}
