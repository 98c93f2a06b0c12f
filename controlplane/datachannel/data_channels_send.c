// SPDX-License-Identifier: Apache-2.0
// What waits to be sent: bounded for each peer, in turn by priority, given to naru-sctp as it takes it.
#include "data_channels_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STRIDE 65536 // bytes of a channel weigh STRIDE / priority

static struct outgoing *make(uint32_t ppid, const void *data, size_t size, size_t user_size, uint64_t now)
{
    struct outgoing *outgoing = malloc(sizeof(*outgoing) + size);
    if (!outgoing)
        return NULL;
    *outgoing = (struct outgoing){.queued_at = now, .ppid = ppid, .size = size, .user_size = user_size};
    memcpy(outgoing->data, data, size);
    return outgoing;
}

static void insert(struct data_channels *channels, struct data_channel *channel, struct outgoing *outgoing, bool first)
{
    if (TAILQ_EMPTY(&channel->queue) && channel->pass < channels->pass)
        channel->pass = channels->pass; // silence gives no credit
    struct outgoing *head = TAILQ_FIRST(&channel->queue);
    if (first && head && head->said) // a message is not interrupted
        TAILQ_INSERT_AFTER(&channel->queue, head, outgoing, next);
    else if (first)
        TAILQ_INSERT_HEAD(&channel->queue, outgoing, next);
    else
        TAILQ_INSERT_TAIL(&channel->queue, outgoing, next);
    channel->buffered += outgoing->user_size;
    channels->buffered += outgoing->user_size;
    channels->queued++;
    channels->again = true;
}

int channel_queue(struct data_channels *channels, struct data_channel *channel, uint32_t ppid, const void *data,
                  size_t size, size_t user_size)
{
    struct outgoing *outgoing = make(ppid, data, size, user_size, channels->now);
    if (!outgoing)
        return -ENOMEM;
    insert(channels, channel, outgoing, ppid == PPID_DCEP);
    return 0;
}

int channel_queue_open(struct data_channels *channels, struct data_channel *channel)
{
    struct dcep_open open = {.is_unordered = !channel->ordered,
                             .priority = channel->priority,
                             .label = (const uint8_t *)channel->label,
                             .protocol = (const uint8_t *)channel->protocol,
                             .label_size = channel->label_size,
                             .protocol_size = channel->protocol_size};
    if (channel->max_retransmits >= 0) {
        open.reliability = DCEP_BY_COUNT;
        open.parameter = (uint32_t)channel->max_retransmits;
    } else if (channel->max_packet_life_time >= 0) {
        open.reliability = DCEP_BY_TIME;
        open.parameter = (uint32_t)channel->max_packet_life_time;
    }
    size_t size = (size_t)DCEP_OPEN_HEADER + open.label_size + open.protocol_size;
    uint8_t *bytes = malloc(size);
    int error = bytes ? 0 : -ENOMEM;
    if (!error) {
        (void)dcep_write_open(&open, bytes, size);
        error = channel_queue(channels, channel, PPID_DCEP, bytes, size, 0);
    }
    free(bytes);
    return error;
}

static void drop(struct data_channels *channels, struct data_channel *channel, struct outgoing *outgoing)
{
    TAILQ_REMOVE(&channel->queue, outgoing, next);
    channel->buffered -= outgoing->user_size;
    channels->buffered -= outgoing->user_size;
    channels->queued--;
    channels->left++;
    free(outgoing);
}

// One of which a part has gone over the link is finished: naru-sctp waits for its end.
void channel_drop_queue(struct data_channels *channels, struct data_channel *channel)
{
    struct outgoing *outgoing, *next;
    for (outgoing = TAILQ_FIRST(&channel->queue); outgoing; outgoing = next) {
        next = TAILQ_NEXT(outgoing, next);
        if (!outgoing->said || channel->is_dead)
            drop(channels, channel, outgoing);
    }
}

static bool is_expired(const struct data_channels *channels, const struct data_channel *channel,
                       const struct outgoing *outgoing)
{
    return channel->max_packet_life_time >= 0 && outgoing->ppid != PPID_DCEP && !outgoing->said &&
           channels->now - outgoing->queued_at > (uint64_t)channel->max_packet_life_time * 1000000;
}

static struct outgoing *first_of(struct data_channels *channels, struct data_channel *channel)
{
    struct outgoing *outgoing;
    while ((outgoing = TAILQ_FIRST(&channel->queue)) && is_expired(channels, channel, outgoing)) {
        channel->messages_expired++;
        drop(channels, channel, outgoing);
    }
    return outgoing;
}

static struct data_channel *choose(struct data_channels *channels)
{
    struct data_channel *channel, *best = channels->sending;
    if (best || !channels->queued)
        return best;
    TAILQ_FOREACH(channel, &channels->all, all)
    if (first_of(channels, channel) && (!best || channel->pass < best->pass))
        best = channel;
    return best;
}

// RFC 8832 6, RFC 8831 6.4: DCEP is reliable and in order, and so is data before the answer, as to order.
static void set_reliability(const struct data_channels *channels, const struct data_channel *channel,
                            const struct outgoing *outgoing, struct link_message *piece)
{
    if (outgoing->ppid == PPID_DCEP)
        return;
    if (!channel->ordered && channel->is_acknowledged)
        piece->flags |= LINK_UNORDERED;
    if (channel->max_retransmits >= 0) {
        piece->flags |= LINK_BY_COUNT;
        piece->number = (uint64_t)channel->max_retransmits;
    } else if (channel->max_packet_life_time >= 0) {
        uint64_t waited = (channels->now - outgoing->queued_at) / 1000000,
                 life = (uint64_t)channel->max_packet_life_time;
        piece->flags |= LINK_BY_TIME;
        piece->number = waited < life ? life - waited : 0;
    }
}

static int say_piece(struct data_channels *channels, struct data_channel *channel, struct outgoing *outgoing)
{
    size_t left = outgoing->size - outgoing->said, size = left < LINK_PIECE_MAX ? left : LINK_PIECE_MAX;
    struct link_message piece = {.kind = LINK_SEND,
                                 .flags = (outgoing->said ? 0 : LINK_FIRST) | (size == left ? LINK_LAST : 0),
                                 .stream = (uint16_t)channel->id,
                                 .ppid = outgoing->ppid,
                                 .data = outgoing->data + outgoing->said,
                                 .size = size};
    set_reliability(channels, channel, outgoing, &piece);
    int error = channels_say(channels, &piece);
    if (error)
        return error;
    outgoing->said += size;
    channels->window_used += size;
    channels->said += size;
    channel->pass += size * (STRIDE / channel->priority ? STRIDE / channel->priority : 1);
    return 0;
}

static bool fits_window(const struct data_channels *channels, const struct outgoing *outgoing)
{
    return outgoing->said || !channels->window_used || channels->window_used + outgoing->size <= LINK_WINDOW;
}

// One message, or as much of it as the link takes. False: not now.
static bool send_one(struct data_channels *channels)
{
    struct data_channel *channel = choose(channels);
    struct outgoing *outgoing = channel ? TAILQ_FIRST(&channel->queue) : NULL;
    if (!outgoing || !fits_window(channels, outgoing))
        return false;
    while (outgoing->said < outgoing->size)
        if (say_piece(channels, channel, outgoing)) {
            channels->sending = outgoing->said ? channel : NULL;
            return false;
        }
    channels->sending = NULL;
    channels->pass = channel->pass;
    if (outgoing->ppid != PPID_DCEP) {
        channel->in_flight++;
        channel->messages_sent++;
        channel->bytes_sent += outgoing->user_size;
    } else
        channel->dcep_in_flight = true;
    drop(channels, channel, outgoing);
    return true;
}

static void say_resets(struct data_channels *channels)
{
    struct data_channel *channel;
    bool is_taken = true; // a full link is not asked for each of a thousand
    channels->resets_are_due = false;
    TAILQ_FOREACH(channel, &channels->all, all)
    {
        if (channel->state != DATA_CHANNEL_CLOSING || channel->reset_said)
            continue;
        const uint8_t stream[2] = {(uint8_t)(channel->id >> 8), (uint8_t)channel->id};
        struct link_message reset = {.kind = LINK_RESET, .data = stream, .size = sizeof(stream)};
        if (is_taken && TAILQ_EMPTY(&channel->queue))
            channel->reset_said = is_taken = !channels_say(channels, &reset);
        channels->resets_are_due |= !channel->reset_said;
    }
}

// Only once something has left the queue: who is told and refused once more is not told again in the same call.
static void tell_low(struct data_channels *channels)
{
    if (!channels->was_refused || channels->left == channels->left_at_refusal || !data_channels_has_room(channels))
        return;
    channels->was_refused = false;
    struct data_channel *channel;
    TAILQ_FOREACH(channel, &channels->all, all)
    if (channel->was_refused) {
        channel->was_refused = false;
        channels->was_refused = true; // maybe there are more
        channels->again = true;
        channels_tell(channels, DATA_CHANNEL_LOW, channel, NULL);
        return; // the list may be another one now
    }
}

void channels_tell_low(struct data_channels *channels)
{
    struct data_channel *channel;
    if (!channels->buffered && !channels->above_low)
        return;
    TAILQ_FOREACH(channel, &channels->all, all)
    {
        bool is_above = channel->buffered > channel->low_threshold;
        if (is_above == channel->was_above_low)
            continue;
        channel->was_above_low = is_above;
        channels->above_low = is_above ? channels->above_low + 1 : channels->above_low - 1;
        if (is_above || !channel->tells_low)
            continue;
        channels->again = true; // maybe there are more
        channels_tell(channels, DATA_CHANNEL_BUFFERED_LOW, channel, NULL);
        return; // the list may be another one now
    }
}

void channels_send(struct data_channels *channels)
{
    while (send_one(channels))
        ;
    if (channels->resets_are_due)
        say_resets(channels);
    tell_low(channels);
}

void channels_take(struct data_channels *channels, uint64_t bytes)
{
    channels->window_used -= bytes < channels->window_used ? bytes : channels->window_used;
}

// What the peer may not have got of the channel's beginning and end is said once more.
static void repeat_control(struct data_channels *channels, struct data_channel *channel)
{
    const uint8_t ack = DCEP_ACK;
    struct outgoing *first = TAILQ_FIRST(&channel->queue);
    if (first)
        first->said = 0;
    channel->open_may_repeat = channel->by_peer;
    channel->ends_alone = channel->reset_said;
    channel->reset_said = false;
    channels->resets_are_due |= channel->state == DATA_CHANNEL_CLOSING;
    if (!channel->dcep_in_flight || channel->state != DATA_CHANNEL_OPEN)
        return;
    if (channel->by_peer)
        (void)channel_queue(channels, channel, PPID_DCEP, &ack, 1, 0);
    else if (!channel->is_acknowledged)
        (void)channel_queue_open(channels, channel);
}

void channels_repeat_control(struct data_channels *channels)
{
    struct data_channel *channel;
    TAILQ_FOREACH(channel, &channels->all, all)
    repeat_control(channels, channel);
}

void channels_lose_in_flight(struct data_channels *channels)
{
    struct data_channel *channel;
    channels_repeat_control(channels);
    for (uint32_t at = 0; (channel = channels_next_of(channels, at)); at = channel->number) {
        uint64_t lost = channel->in_flight;
        channel->in_flight = 0;
        channel->messages_lost += lost;
        if (lost)
            channels_tell_data(channels, DATA_CHANNEL_MESSAGES_LOST, channel, false, NULL, (size_t)lost);
    }
}

static size_t message_max(const struct data_channels *channels)
{
    uint32_t of_peer = channels->setup.peer_max_message;
    return of_peer && of_peer < DATA_CHANNEL_MESSAGE_MAX ? of_peer : DATA_CHANNEL_MESSAGE_MAX;
}

static bool has_room(const struct data_channels *channels, size_t size)
{
    return channels->queued < DATA_CHANNEL_QUEUE_MAX && channels->buffered + size <= channels->setup.buffer_max;
}

int data_channels_send(struct data_channels *channels, uint32_t number, bool is_text, const void *data, size_t size,
                       uint64_t now)
{
    static const uint8_t nothing = 0;
    struct data_channel *channel = channels_find(channels, number);
    if (!channel)
        return -ENOENT;
    if (channel->state != DATA_CHANNEL_OPEN)
        return -ENOTCONN;
    if (size > message_max(channels))
        return -EMSGSIZE;
    if (!has_room(channels, size)) {
        channels->was_refused = channel->was_refused = true;
        channels->left_at_refusal = channels->left;
        return -EAGAIN;
    }
    channels_enter(channels, now);
    uint32_t ppid = is_text ? size ? PPID_STRING : PPID_STRING_EMPTY : size ? PPID_BINARY : PPID_BINARY_EMPTY;
    int error = channel_queue(channels, channel, ppid, size ? data : &nothing, size ? size : 1, size);
    channels_leave(channels);
    return error;
}
