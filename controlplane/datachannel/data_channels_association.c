// SPDX-License-Identifier: Apache-2.0
// The association under the channels: it comes up, is made anew after a crash of naru-sctp, is lost, resets streams.
#include "data_channels_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void begin(struct data_channels *channels)
{
    channels->phase = PHASE_OPENING;
    channels->open_is_due = channels->credit_is_due = true;
    channels->to_return =
        channels->unconsumed < channels->setup.inbound_max ? channels->setup.inbound_max - channels->unconsumed : 0;
    channels->window_used = channels->said = 0;
    channels->sending = NULL;
    channels_forget_inbound(channels);
}

static void assign_streams(struct data_channels *channels)
{
    struct data_channel *channel;
    for (uint32_t at = 0; (channel = channels_next_of(channels, at)); at = channel->number) {
        int id = channel->id >= 0 ? channel->id : channels_choose_stream(channels);
        if (id < 0)
            channel_end(channels, channel, "there is no stream for it");
        else
            channel_take_stream(channels, channel, id);
    }
}

int data_channels_adopt(struct data_channels *channels, const struct data_channel_view *view, const char *reason)
{
    static const char may_be_lost[] = "naru-control was started anew: messages under way may be lost";
    const struct data_channel_options options = {.label = view->label,
                                                 .protocol = view->protocol,
                                                 .ordered = view->ordered,
                                                 .negotiated = view->negotiated,
                                                 .max_retransmits = view->max_retransmits,
                                                 .max_packet_life_time = view->max_packet_life_time,
                                                 .priority = view->priority,
                                                 .is_for_room = view->is_for_room};
    struct data_channel *channel;
    bool is_sound = view->id >= 0 && view->id < DATA_CHANNELS_MAX && !channels->by_stream[view->id] &&
                    (reason || view->number > channels->adopted);
    if (!is_sound || channels->phase != PHASE_NEW)
        return -EINVAL;
    uint32_t last = channels->last_number;
    if (!reason)
        channels->last_number = channels->adopted = view->number - 1;
    int error = channels_add(channels, &options, view->label ? strlen(view->label) : 0,
                             view->protocol ? strlen(view->protocol) : 0, &channel);
    if (last > channels->last_number)
        channels->last_number = last;
    if (error)
        return error;
    channel_take_stream(channels, channel, view->id);
    channel->state = DATA_CHANNEL_OPEN;
    channel->by_peer = channel->open_may_repeat = view->by_peer;
    channel->is_acknowledged = view->is_acknowledged;
    channel->dcep_in_flight = !view->is_acknowledged;
    channel->low_threshold = view->low_threshold;
    channels->adopted = channel->number;
    channels->was_up = true;
    if (reason)
        channel_close(channels, channel, reason);
    else
        channels_tell(channels, DATA_CHANNEL_ADOPTED, channel, may_be_lost);
    return 0;
}

void data_channels_start(struct data_channels *channels, bool is_dtls_client, uint64_t now)
{
    if (channels->phase != PHASE_NEW)
        return;
    channels_enter(channels, now);
    channels->is_client = is_dtls_client;
    channels_repeat_control(channels); // of those that were adopted
    begin(channels);
    assign_streams(channels);
    channels_leave(channels);
}

void data_channels_restart(struct data_channels *channels, uint64_t now)
{
    if (channels->phase != PHASE_OPENING && channels->phase != PHASE_UP)
        return;
    channels_enter(channels, now);
    channels_tell(channels, DATA_ASSOCIATION_RESTARTS, NULL, NULL);
    channels_lose_in_flight(channels);
    begin(channels);
    channels_leave(channels);
}

static void come_up(struct data_channels *channels, const struct link_message *message)
{
    if (channels->phase == PHASE_UP && message->flags & LINK_RESTARTED)
        channels_lose_in_flight(channels);
    channels->phase = PHASE_UP;
    channels->was_up = true;
    channels->streams = message->number < DATA_CHANNELS_MAX ? (unsigned)message->number : DATA_CHANNELS_MAX;
    channels_tell(channels, DATA_ASSOCIATION_UP, NULL, NULL);
    struct data_channel *channel;
    for (uint32_t at = 0; (channel = channels_next_of(channels, at)); at = channel->number)
        channel_open(channels, channel);
}

static void lose(struct data_channels *channels, const char *reason)
{
    channels->phase = PHASE_LOST;
    struct data_channel *channel;
    for (uint32_t at = 0; (channel = channels_next_of(channels, at)); at = channel->number)
        channel_end(channels, channel, reason);
    channels_forget_inbound(channels);
    channels_tell(channels, DATA_ASSOCIATION_LOST, NULL, reason);
}

static void go_down(struct data_channels *channels, const struct link_message *message)
{
    char reason[LINK_REASON_MAX + 1];
    snprintf(reason, sizeof(reason), "%.*s", (int)message->size, (const char *)message->data);
    lose(channels, reason);
}

void data_channels_lose(struct data_channels *channels, const char *reason, uint64_t now)
{
    struct link_message goodbye = {.kind = LINK_CLOSE, .flags = LINK_ABORT};
    if (channels->phase == PHASE_LOST)
        return;
    channels_enter(channels, now);
    if (channels->phase != PHASE_NEW)
        (void)channels_say(channels, &goodbye);
    lose(channels, reason);
    channels_leave(channels);
}

static void stream_reset(struct data_channels *channels, struct data_channel *channel, uint8_t flags)
{
    if (flags & LINK_FAILED) {
        channel_end(channels, channel, "the peer refuses to reset the stream");
        return;
    }
    if (flags & LINK_OUTGOING) {
        channel->is_reset = true;
        channel->peer_reset |= channel->ends_alone;
    } else {
        channel->peer_reset = true;
        channel_drop_queue(channels, channel); // nobody reads it any more
        channel_close(channels, channel, NULL);
    }
    channel_settle(channels, channel);
}

static void streams_reset(struct data_channels *channels, const struct link_message *message)
{
    for (unsigned n = 0; n < message->size / 2; n++) {
        uint16_t stream = link_reset_stream(message, n);
        struct data_channel *channel = stream < DATA_CHANNELS_MAX ? channels->by_stream[stream] : NULL;
        if (channel)
            stream_reset(channels, channel, message->flags);
    }
}

// Of a former association, or of a channel that is closed since: without meaning.
static void dry(struct data_channels *channels, uint64_t said)
{
    struct data_channel *channel;
    if (said == channels->said)
        TAILQ_FOREACH(channel, &channels->all, all)
    channel->in_flight = 0;
}

void data_channels_input(struct data_channels *channels, const struct link_message *message, uint64_t now)
{
    if (channels->phase != PHASE_OPENING && channels->phase != PHASE_UP)
        return;
    channels_enter(channels, now);
    switch (message->kind) {
    case LINK_UP:
        come_up(channels, message);
        break;
    case LINK_DOWN:
        go_down(channels, message);
        break;
    case LINK_RESET:
        streams_reset(channels, message);
        break;
    case LINK_TAKEN:
        channels_take(channels, message->number);
        break;
    case LINK_DRY:
        dry(channels, message->number);
        break;
    case LINK_DELIVERED:
        channels_receive(channels, message);
        break;
    default:
        break;
    }
    channels_leave(channels);
}

void data_channels_go_on(struct data_channels *channels, uint64_t now)
{
    channels_enter(channels, now);
    channels_leave(channels);
}
