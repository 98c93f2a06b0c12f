// SPDX-License-Identifier: Apache-2.0
#include "room.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

bool room_name_is_valid(const char *name)
{
    size_t length = strnlen(name, GATEWAY_ROOM_SIZE);
    if (length == 0 || length >= GATEWAY_ROOM_SIZE)
        return false;
    for (; *name; name++)
        if (!(isascii((unsigned char)*name) && isalnum((unsigned char)*name)) && !strchr("._-", *name))
            return false;
    return true;
}

int rooms_open(struct rooms *rooms, unsigned limit, uint64_t seed)
{
    *rooms = (struct rooms){.limit = limit};
    TAILQ_INIT(&rooms->all);
    return directory_open(&rooms->by_name, limit, seed);
}

void rooms_close(struct rooms *rooms)
{
    struct room *room;
    if (!rooms->by_name.buckets)
        return;
    while ((room = TAILQ_FIRST(&rooms->all)))
        rooms_remove(rooms, room);
    directory_close(&rooms->by_name);
}

struct room *rooms_find(const struct rooms *rooms, const char *name)
{
    struct directory_entry *entry = directory_find(&rooms->by_name, name);
    return entry ? (struct room *)((char *)entry - offsetof(struct room, by_name)) : NULL;
}

int rooms_add(struct rooms *rooms, const char *name, uint32_t shard, uint32_t number, uint64_t now,
              struct room **ret_room)
{
    if (rooms->count >= rooms->limit)
        return -ENOSPC;
    if (rooms_find(rooms, name))
        return -EEXIST;
    struct room *room = calloc(1, sizeof(*room));
    if (!room)
        return -ENOMEM;
    strncpy(room->name, name, sizeof(room->name) - 1);
    room->by_name.name = room->name;
    room->shard = shard;
    room->number = number ? number : ++rooms->last_number;
    if (room->number > rooms->last_number)
        rooms->last_number = room->number;
    room->created_at = now;
    TAILQ_INIT(&room->viewers);
    TAILQ_INIT(&room->members);
    TAILQ_INSERT_TAIL(&rooms->all, room, all);
    directory_add(&rooms->by_name, &room->by_name);
    rooms->count++;
    *ret_room = room;
    return 0;
}

void rooms_remove(struct rooms *rooms, struct room *room)
{
    directory_remove(&rooms->by_name, &room->by_name);
    TAILQ_REMOVE(&rooms->all, room, all);
    rooms->count--;
    free(room);
}

void room_enter(struct room *room, struct session *session)
{
    session->room = room;
    if (session->record.is_publisher) {
        room->publisher = session;
        room->is_draining = session->record.room_draining;
        return;
    }
    room->is_draining |= session->record.is_peer && session->record.room_draining; // of a successor
    TAILQ_INSERT_TAIL(session->record.is_peer ? &room->members : &room->viewers, session, viewers);
    ++*(session->record.is_peer ? &room->member_count : &room->viewer_count);
    room->home_viewers += session->record.shard == room->shard;
}

void room_leave(struct session *session)
{
    struct room *room = session->room;
    session->room = NULL;
    if (session->record.is_publisher) {
        if (room->publisher == session)
            room->publisher = NULL;
        return;
    }
    if (session->record.is_peer)
        TAILQ_REMOVE(&room->members, session, viewers);
    else
        TAILQ_REMOVE(&room->viewers, session, viewers);
    --*(session->record.is_peer ? &room->member_count : &room->viewer_count);
    room->home_viewers -= session->record.shard == room->shard;
}

bool room_is_empty(const struct room *room)
{
    return !room->publisher && room->viewer_count == 0 && room->member_count == 0;
}
