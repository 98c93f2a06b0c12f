// SPDX-License-Identifier: Apache-2.0
// Channels that were opened towards members for what another one had: they are closed once nobody else has it any more.
// All of a room in one pass, and passes are apart: a peer may end a thousand channels by one message.
#include "peer_channel_parts.h"

#include <stdlib.h>

#define APART (CONTROL_SECOND / 10)

const char peer_bridge_left[] = "nobody else in the room has it any more";

// A label that is taken for another one keeps its channel open: no more than that.
struct owned {
    uint32_t label;
    const struct session *member; // NULL: several have it
};

static int by_label(const void *left, const void *right)
{
    const struct owned *a = left, *b = right;
    return (a->label > b->label) - (a->label < b->label);
}

static size_t merge(struct owned *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || list[kept - 1].label != list[i].label)
            list[kept++] = list[i];
        else if (list[kept - 1].member != list[i].member)
            list[kept - 1].member = NULL;
    return kept;
}

static size_t list_owned(const struct room *room, const struct session *gone, struct owned *list)
{
    const struct session *member;
    struct data_channel_view channel;
    size_t count = 0;
    TAILQ_FOREACH(member, &room->members, viewers)
    if (member != gone && peer_bridge_takes_part(member))
        for (uint32_t at = 0; !data_channels_next(member->channels->channels, at, &channel); at = channel.number)
            if (!channel.is_for_room && channel.state == DATA_CHANNEL_OPEN)
                list[count++] = (struct owned){.label = channel.label_hash, .member = member};
    if (count)
        qsort(list, count, sizeof(*list), by_label);
    return merge(list, count);
}

static bool has_any_else(const struct owned *list, size_t count, const struct session *member, uint32_t label)
{
    const struct owned key = {.label = label};
    const struct owned *found = count ? bsearch(&key, list, count, sizeof(*list), by_label) : NULL;
    return found && found->member != member;
}

static void close_left_over(struct session *member, const struct owned *list, size_t count, uint64_t now)
{
    struct data_channels *channels = member->channels->channels;
    struct data_channel_view channel;
    for (uint32_t at = 0; !data_channels_next(channels, at, &channel); at = channel.number)
        if (channel.is_for_room && channel.state == DATA_CHANNEL_OPEN &&
            !has_any_else(list, count, member, channel.label_hash))
            (void)data_channels_end(channels, channel.number, peer_bridge_left, now);
}

static void look_through(struct room *room, const struct session *gone, uint64_t now)
{
    struct session *member;
    struct owned *list = malloc(sizeof(*list) * DATA_CHANNELS_MAX * (room->member_count + 1));
    if (!list)
        return; // once more, later
    room->has_left_over = false;
    room->left_over_at = now;
    size_t count = list_owned(room, gone, list);
    TAILQ_FOREACH(member, &room->members, viewers)
    if (member != gone && peer_bridge_takes_part(member))
        close_left_over(member, list, count, now);
    free(list);
}

void peer_left_over(struct room *room, const struct session *gone, uint64_t now)
{
    room->has_left_over = true;
    if (now >= room->left_over_at + APART)
        look_through(room, gone, now);
}

void peer_left_over_watch(struct room *room, uint64_t now)
{
    if (room->has_left_over)
        look_through(room, NULL, now);
}

bool peer_is_left_over(const struct session *session, const struct data_channel_view *channel)
{
    const struct session *member;
    struct data_channel_view other;
    if (!channel->is_for_room || !session->room->has_left_over)
        return false;
    TAILQ_FOREACH(member, &session->room->members, viewers)
    if (member != session && peer_bridge_takes_part(member) &&
        !data_channels_find(member->channels->channels, channel->label, &other) && !other.is_for_room)
        return false;
    return true;
}
