// SPDX-License-Identifier: Apache-2.0
#include "data_channels_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SCTP_PORT_DEFAULT 5000

const char *const data_channel_state_names[] = {"connecting", "open", "closing", "closed"};

struct data_channels *data_channels_new(const struct data_channels_setup *setup)
{
    struct data_channels *channels = calloc(1, sizeof(*channels));
    if (!channels)
        return NULL;
    channels->setup = *setup;
    if (channels->setup.buffer_max < DATA_CHANNEL_MESSAGE_MAX)
        channels->setup.buffer_max = DATA_CHANNEL_MESSAGE_MAX;
    // A message is told as a whole: it must fit into what is left of it.
    if (channels->setup.inbound_max < 2 * DATA_CHANNEL_MESSAGE_MAX)
        channels->setup.inbound_max = 2 * DATA_CHANNEL_MESSAGE_MAX;
    if (!setup->local_port)
        channels->setup.local_port = SCTP_PORT_DEFAULT;
    if (!setup->peer_port)
        channels->setup.peer_port = SCTP_PORT_DEFAULT;
    channels->streams = DATA_CHANNELS_MAX;
    channels->last_number = setup->last_number;
    TAILQ_INIT(&channels->all);
    TAILQ_INIT(&channels->graves);
    return channels;
}

static void bury(struct data_channels *channels)
{
    struct data_channel *channel;
    while ((channel = TAILQ_FIRST(&channels->graves))) {
        TAILQ_REMOVE(&channels->graves, channel, all);
        free(channel->label);
        free(channel->protocol);
        free(channel);
    }
}

void data_channels_free(struct data_channels *channels)
{
    if (!channels)
        return;
    struct data_channel *channel;
    channels->setup.tell = NULL;
    struct link_message goodbye = {.kind = LINK_CLOSE, .flags = LINK_ABORT};
    if (channels->phase == PHASE_OPENING || channels->phase == PHASE_UP)
        (void)channels_say(channels, &goodbye);
    while ((channel = TAILQ_FIRST(&channels->all)))
        channel_end(channels, channel, NULL);
    bury(channels);
    channels_forget_inbound(channels);
    free(channels);
}

void data_channels_peer(struct data_channels *channels, uint16_t peer_port, uint32_t peer_max_message)
{
    channels->setup.peer_port = peer_port ? peer_port : SCTP_PORT_DEFAULT;
    channels->setup.peer_max_message = peer_max_message;
}

int channels_say(struct data_channels *channels, struct link_message *message)
{
    message->transport = channels->setup.transport;
    message->generation = channels->setup.generation;
    return channels->setup.say(channels->setup.say_context, message);
}

void channels_tell(struct data_channels *channels, enum data_channel_event_kind kind,
                   const struct data_channel *channel, const char *reason)
{
    const struct data_channel_event event = {
        .kind = kind, .number = channel ? channel->number : 0, .reason = reason, .now = channels->now};
    if (channels->setup.tell)
        channels->setup.tell(channels->setup.context, &event);
}

void channels_tell_data(struct data_channels *channels, enum data_channel_event_kind kind,
                        const struct data_channel *channel, bool is_text, const uint8_t *data, size_t size)
{
    const struct data_channel_event event = {
        .kind = kind, .number = channel->number, .is_text = is_text, .data = data, .size = size, .now = channels->now};
    if (channels->setup.tell)
        channels->setup.tell(channels->setup.context, &event);
}

void channels_enter(struct data_channels *channels, uint64_t now)
{
    channels->depth++;
    if (now > channels->now)
        channels->now = now;
}

static void say_open(struct data_channels *channels)
{
    uint8_t bytes[LINK_SETUP_SIZE];
    const struct link_setup setup = {.local_port = channels->setup.local_port,
                                     .peer_port = channels->setup.peer_port,
                                     .packet_max = (uint16_t)channels->setup.packet_max,
                                     .streams = DATA_CHANNELS_MAX,
                                     .message_max = DATA_CHANNEL_MESSAGE_MAX};
    struct link_message open = {.kind = LINK_OPEN, .data = bytes, .size = sizeof(bytes)};
    link_setup_write(&setup, bytes);
    channels->open_is_due = channels_say(channels, &open) != 0;
}

static void say_credit(struct data_channels *channels)
{
    struct link_message credit = {.kind = LINK_CREDIT, .number = channels->to_return};
    if (channels_say(channels, &credit))
        return;
    channels->to_return = 0;
    channels->credit_is_due = false;
}

static void flush(struct data_channels *channels)
{
    if (channels->phase != PHASE_OPENING && channels->phase != PHASE_UP)
        return;
    if (channels->open_is_due)
        say_open(channels);
    if (!channels->open_is_due && channels->credit_is_due)
        say_credit(channels);
    if (channels->phase == PHASE_UP)
        channels_send(channels);
}

void channels_leave(struct data_channels *channels)
{
    if (channels->depth > 1) {
        channels->again = true;
        channels->depth--;
        return;
    }
    do {
        channels->again = false;
        flush(channels);
        channels_tell_low(channels);
    } while (channels->again);
    channels->depth--;
    bury(channels);
}

struct data_channel *channels_find(const struct data_channels *channels, uint32_t number)
{
    struct data_channel *channel;
    LIST_FOREACH(channel, &channels->by_number[number % BY_NUMBER], same)
    if (channel->number == number)
        return channel;
    return NULL;
}

struct data_channel *channels_next_of(const struct data_channels *channels, uint32_t number)
{
    struct data_channel *channel = number ? channels_find(channels, number) : NULL;
    if (channel)
        return TAILQ_NEXT(channel, all); // numbers rise along the list
    TAILQ_FOREACH(channel, &channels->all, all)
    if (channel->number > number)
        return channel;
    return NULL;
}

static bool is_sound(const struct data_channels *channels, const struct data_channel_options *options)
{
    if (options->max_retransmits >= 0 && options->max_packet_life_time >= 0)
        return false;
    return !options->negotiated || (options->id >= 0 && options->id < DATA_CHANNELS_MAX);
}

// RFC 8832 6: the lowest that is free, even ones for the DTLS client.
int channels_choose_stream(const struct data_channels *channels)
{
    for (unsigned id = channels->is_client ? 0 : 1; id < channels->streams; id += 2)
        if (!channels->by_stream[id])
            return (int)id;
    return -ENOSPC;
}

static char *copy_text(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

void channel_take_stream(struct data_channels *channels, struct data_channel *channel, int id)
{
    channel->id = id;
    channels->by_stream[id] = channel;
}

int channels_add(struct data_channels *channels, const struct data_channel_options *options, size_t label_size,
                 size_t protocol_size, struct data_channel **ret_channel)
{
    if (channels->count == DATA_CHANNELS_MAX)
        return -ENOSPC;
    if (label_size > UINT16_MAX || protocol_size > UINT16_MAX ||
        channels->texts + label_size + protocol_size > DATA_CHANNEL_TEXTS_MAX)
        return -EMSGSIZE;
    struct data_channel *channel = calloc(1, sizeof(*channel));
    char *label = copy_text(options->label, label_size), *protocol = copy_text(options->protocol, protocol_size);
    if (!channel || !label || !protocol) {
        free(channel);
        free(label);
        free(protocol);
        return -ENOMEM;
    }
    *channel = (struct data_channel){.number = ++channels->last_number,
                                     .id = -1,
                                     .label = label,
                                     .protocol = protocol,
                                     .label_hash = data_channel_hash(label),
                                     .label_size = (uint16_t)label_size,
                                     .protocol_size = (uint16_t)protocol_size,
                                     .priority = options->priority ? options->priority : 256,
                                     .ordered = options->ordered,
                                     .negotiated = options->negotiated,
                                     .is_for_room = options->is_for_room,
                                     .max_retransmits = options->max_retransmits,
                                     .max_packet_life_time = options->max_packet_life_time,
                                     .is_acknowledged = options->negotiated,
                                     .pass = channels->pass};
    TAILQ_INIT(&channel->queue);
    TAILQ_INSERT_TAIL(&channels->all, channel, all);
    LIST_INSERT_HEAD(&channels->by_number[channel->number % BY_NUMBER], channel, same);
    channels->count++;
    channels->texts += label_size + protocol_size;
    *ret_channel = channel;
    return 0;
}

void channel_end(struct data_channels *channels, struct data_channel *channel, const char *reason)
{
    if (channel->is_dead)
        return;
    channel->is_dead = true;
    channel->state = DATA_CHANNEL_CLOSED;
    channel->was_refused = false;
    channels->above_low -= channel->was_above_low;
    channel_drop_queue(channels, channel);
    if (channels->sending == channel)
        channels->sending = NULL;
    channels_tell(channels, DATA_CHANNEL_ENDED, channel, reason);
    if (channel->id >= 0)
        channels->by_stream[channel->id] = NULL;
    TAILQ_REMOVE(&channels->all, channel, all);
    LIST_REMOVE(channel, same);
    TAILQ_INSERT_TAIL(&channels->graves, channel, all);
    channels->count--;
    channels->texts -= (size_t)channel->label_size + channel->protocol_size;
}

void channel_close(struct data_channels *channels, struct data_channel *channel, const char *reason)
{
    if (channel->state == DATA_CHANNEL_CLOSING || channel->is_dead)
        return;
    if (channel->id < 0 || !channels->was_up) { // the peer never heard of it
        channel_end(channels, channel, reason);
        return;
    }
    channel->state = DATA_CHANNEL_CLOSING;
    channel->reason = reason;
    channels->resets_are_due = channels->again = true;
    channels_tell(channels, DATA_CHANNEL_CLOSES, channel, reason);
}

void channel_settle(struct data_channels *channels, struct data_channel *channel)
{
    if (channel->is_reset && channel->peer_reset)
        channel_end(channels, channel, channel->reason);
}

void channel_open(struct data_channels *channels, struct data_channel *channel)
{
    if (channel->state != DATA_CHANNEL_CONNECTING)
        return;
    if (channel->id >= (int)channels->streams)
        channel_end(channels, channel, "the peer takes fewer streams");
    else if (!channel->negotiated && channel_queue_open(channels, channel))
        channel_end(channels, channel, "out of memory");
    else {
        channel->state = DATA_CHANNEL_OPEN;
        channels_tell(channels, DATA_CHANNEL_OPENED, channel, NULL);
    }
}

int data_channels_create(struct data_channels *channels, const struct data_channel_options *options, uint64_t now,
                         uint32_t *ret_number)
{
    struct data_channel *channel;
    if (channels->phase == PHASE_LOST)
        return -EPIPE;
    if (!is_sound(channels, options))
        return -EINVAL;
    if (options->negotiated && channels->by_stream[options->id])
        return -EEXIST;
    if (!options->negotiated && channels->phase != PHASE_NEW && channels_choose_stream(channels) < 0)
        return -ENOSPC;
    int error = channels_add(channels, options, options->label ? strlen(options->label) : 0,
                             options->protocol ? strlen(options->protocol) : 0, &channel);
    if (error)
        return error;
    *ret_number = channel->number;
    if (options->negotiated)
        channel_take_stream(channels, channel, options->id);
    else if (channels->phase != PHASE_NEW)
        channel_take_stream(channels, channel, channels_choose_stream(channels));
    channels_enter(channels, now);
    if (channels->phase == PHASE_UP)
        channel_open(channels, channel);
    channels_leave(channels);
    return 0;
}

int data_channels_end(struct data_channels *channels, uint32_t number, const char *reason, uint64_t now)
{
    struct data_channel *channel = channels_find(channels, number);
    if (!channel)
        return -ENOENT;
    channels_enter(channels, now);
    channel_close(channels, channel, reason);
    channels_leave(channels);
    return 0;
}

int data_channels_close(struct data_channels *channels, uint32_t number, uint64_t now)
{
    return data_channels_end(channels, number, NULL, now);
}

int data_channels_set_low(struct data_channels *channels, uint32_t number, size_t threshold)
{
    struct data_channel *channel = channels_find(channels, number);
    if (!channel)
        return -ENOENT;
    channel->low_threshold = threshold;
    channel->tells_low = true;
    return 0;
}

void data_channels_consume(struct data_channels *channels, size_t size)
{
    channels_enter(channels, 0);
    size += LINK_PIECE_COST;
    channels->unconsumed -= size < channels->unconsumed ? size : channels->unconsumed;
    channels->to_return += size;
    channels->credit_is_due |= channels->to_return >= channels->setup.inbound_max / 4;
    channels_leave(channels);
}
