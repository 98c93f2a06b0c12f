// SPDX-License-Identifier: Apache-2.0
// A room: one publisher and who watches it, and members that both send and receive; on its shard and, when it is large,
// on others too. It lives as long as its publisher or a member.
#pragma once

#include "session.h"

struct room {
    struct directory_entry by_name;
    char name[GATEWAY_ROOM_SIZE];
    uint32_t number;     // what transports name it by
    uint32_t shard;      // of who opened it
    uint64_t created_at; // monotonic ns
    struct session *publisher;
    struct session_list viewers, members; // chained alike: a session is one or the other
    bool is_draining;                     // as its publisher's record says, for a successor
    unsigned viewer_count, home_viewers;  // home: on the room's shard, members too
    unsigned member_count;
    bool has_left_over;    // data channels of members, maybe, that nobody else has any more ...
    uint64_t left_over_at; // ... which was last looked for then
    TAILQ_ENTRY(room) all;
};
TAILQ_HEAD(room_list, room);

struct rooms {
    struct directory by_name;
    struct room_list all;
    unsigned count, limit;
    uint32_t last_number;
};

// 1 to 64 of A-Z a-z 0-9 . _ -
bool room_name_is_valid(const char *name);

int rooms_open(struct rooms *rooms, unsigned limit, uint64_t seed);
void rooms_close(struct rooms *rooms);

struct room *rooms_find(const struct rooms *rooms, const char *name);
// number 0: a new one. 0, -ENOSPC at the limit, -EEXIST, or -ENOMEM.
int rooms_add(struct rooms *rooms, const char *name, uint32_t shard, uint32_t number, uint64_t now,
              struct room **ret_room);
void rooms_remove(struct rooms *rooms, struct room *room); // empty

void room_enter(struct room *room, struct session *session);
void room_leave(struct session *session);
bool room_is_empty(const struct room *room);
