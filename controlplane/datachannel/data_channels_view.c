// SPDX-License-Identifier: Apache-2.0
// Channels as one looks at them.
#include "data_channels_parts.h"

#include <errno.h>
#include <string.h>

// FNV-1a.
uint32_t data_channel_hash(const char *label)
{
    uint32_t value = 2166136261u;
    while (*label)
        value = (value ^ (uint8_t)*label++) * 16777619u;
    return value ? value : 1;
}

static void look(const struct data_channel *channel, struct data_channel_view *ret_view)
{
    *ret_view = (struct data_channel_view){.number = channel->number,
                                           .id = channel->id,
                                           .label = channel->label,
                                           .label_hash = channel->label_hash,
                                           .protocol = channel->protocol,
                                           .state = channel->state,
                                           .ordered = channel->ordered,
                                           .negotiated = channel->negotiated,
                                           .by_peer = channel->by_peer,
                                           .is_for_room = channel->is_for_room,
                                           .is_acknowledged = channel->is_acknowledged,
                                           .max_retransmits = channel->max_retransmits,
                                           .max_packet_life_time = channel->max_packet_life_time,
                                           .priority = channel->priority,
                                           .buffered_amount = channel->buffered,
                                           .low_threshold = channel->low_threshold,
                                           .messages_sent = channel->messages_sent,
                                           .messages_received = channel->messages_received,
                                           .bytes_sent = channel->bytes_sent,
                                           .bytes_received = channel->bytes_received,
                                           .messages_lost = channel->messages_lost,
                                           .messages_expired = channel->messages_expired};
}

int data_channels_look(const struct data_channels *channels, uint32_t number, struct data_channel_view *ret_view)
{
    const struct data_channel *channel = channels_find(channels, number);
    if (!channel)
        return -ENOENT;
    look(channel, ret_view);
    return 0;
}

static int rank(const struct data_channel *channel)
{
    return channel->by_peer ? 2 : !channel->is_for_room;
}

int data_channels_find(const struct data_channels *channels, const char *label, struct data_channel_view *ret_view)
{
    const struct data_channel *channel, *found = NULL;
    uint32_t hash = data_channel_hash(label);
    TAILQ_FOREACH(channel, &channels->all, all)
    if (channel->state == DATA_CHANNEL_OPEN && channel->label_hash == hash && !strcmp(channel->label, label) &&
        (!found || rank(channel) > rank(found)))
        found = channel;
    if (!found)
        return -ENOENT;
    look(found, ret_view);
    return 0;
}

void data_channels_visit(const struct data_channels *channels,
                         void (*visit)(void *context, const struct data_channel_view *view), void *context)
{
    const struct data_channel *channel;
    struct data_channel_view view;
    TAILQ_FOREACH(channel, &channels->all, all)
    {
        look(channel, &view);
        visit(context, &view);
    }
}

int data_channels_next(const struct data_channels *channels, uint32_t number, struct data_channel_view *ret_view)
{
    const struct data_channel *channel = channels_next_of(channels, number);
    if (!channel)
        return -ENOENT;
    look(channel, ret_view);
    return 0;
}

bool data_channels_is_up(const struct data_channels *channels)
{
    return channels->phase == PHASE_UP;
}

bool data_channels_is_lost(const struct data_channels *channels)
{
    return channels->phase == PHASE_LOST;
}

bool data_channels_has_room(const struct data_channels *channels)
{
    return channels->queued <= DATA_CHANNEL_QUEUE_MAX / 2 && channels->buffered <= channels->setup.buffer_max / 2;
}
