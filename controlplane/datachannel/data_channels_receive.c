// SPDX-License-Identifier: Apache-2.0
// What the peer sends: pieces become messages, DCEP becomes channels. Whoever breaks a rule loses that channel.
#include "data_channels_parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define INBOUND_ROOM_FIRST (4 * LINK_PIECE_MAX)

static void return_credit(struct data_channels *channels, size_t size)
{
    channels->to_return += size;
    channels->credit_is_due |= channels->to_return >= channels->setup.inbound_max / 4;
}

// A message that nobody consumes.
static void give_back(struct data_channels *channels, size_t size)
{
    return_credit(channels, size + LINK_PIECE_COST);
}

void channels_forget_inbound(struct data_channels *channels)
{
    free(channels->inbound.bytes);
    memset(&channels->inbound, 0, sizeof(channels->inbound));
}

static struct data_channel_options options_of(const struct dcep_open *open)
{
    int parameter = open->parameter > INT_MAX ? INT_MAX : (int)open->parameter;
    return (struct data_channel_options){
        .label = (const char *)open->label,
        .protocol = (const char *)open->protocol,
        .ordered = !open->is_unordered,
        .id = -1,
        .max_retransmits = open->reliability == DCEP_BY_COUNT ? parameter : -1,
        .max_packet_life_time = open->reliability == DCEP_BY_TIME ? parameter : -1,
        .priority = open->priority,
    };
}

// A channel that is there only to be closed, so that the peer learns of it and the user why.
static void refuse(struct data_channels *channels, uint16_t stream, const char *reason)
{
    const struct data_channel_options none = {.id = -1, .max_retransmits = -1, .max_packet_life_time = -1};
    struct data_channel *channel;
    if (channels_add(channels, &none, 0, 0, &channel))
        return;
    channel_take_stream(channels, channel, stream);
    channel->by_peer = channel->is_acknowledged = true;
    channel_close(channels, channel, reason);
}

static void open_channel(struct data_channels *channels, uint16_t stream, const struct dcep_open *open)
{
    const struct data_channel_options options = options_of(open);
    const uint8_t ack = DCEP_ACK;
    struct data_channel *channel;
    if (stream % 2 != (channels->is_client ? 1 : 0)) // RFC 8832 6
        refuse(channels, stream, "the peer opened a stream of this side's parity");
    else if (!dcep_is_utf8(open->label, open->label_size) || !dcep_is_utf8(open->protocol, open->protocol_size))
        refuse(channels, stream, "label or protocol are not UTF-8");
    else if (channels_add(channels, &options, open->label_size, open->protocol_size, &channel))
        refuse(channels, stream, "labels and protocols of more than can be kept");
    else {
        channel_take_stream(channels, channel, stream);
        channel->by_peer = channel->is_acknowledged = true;
        channel->state = DATA_CHANNEL_OPEN;
        if (channel_queue(channels, channel, PPID_DCEP, &ack, 1, 0))
            channel_close(channels, channel, "out of memory");
        else
            channels_tell(channels, DATA_CHANNEL_ANNOUNCED, channel, NULL);
    }
}

static bool is_same(const struct data_channel *channel, const struct dcep_open *open)
{
    const struct data_channel_options options = options_of(open);
    return channel->label_size == open->label_size && channel->protocol_size == open->protocol_size &&
           (!open->label_size || !memcmp(channel->label, open->label, open->label_size)) &&
           (!open->protocol_size || !memcmp(channel->protocol, open->protocol, open->protocol_size)) &&
           channel->ordered == options.ordered && channel->max_retransmits == options.max_retransmits &&
           channel->max_packet_life_time == options.max_packet_life_time;
}

static void control(struct data_channels *channels, uint16_t stream, struct data_channel *channel, const uint8_t *data,
                    size_t size)
{
    struct dcep_message message;
    const uint8_t ack = DCEP_ACK;
    if (dcep_parse(data, size, &message) < 0) {
        if (channel)
            channel_close(channels, channel, "the peer sent DCEP that is none");
        else
            refuse(channels, stream, "the peer sent DCEP that is none");
    } else if (message.kind == DCEP_ACK) {
        if (channel) {
            channel->is_acknowledged = true;
            channels_tell(channels, DATA_CHANNEL_ANSWERED, channel, NULL);
        }
    } else if (channel && channel->open_may_repeat && !is_same(channel, &message.open))
        channel_close(channels, channel, "the peer opened its stream anew, as another channel");
    else if (channel && channel->open_may_repeat) { // it did not hear the answer
        channel->open_may_repeat = false;
        (void)channel_queue(channels, channel, PPID_DCEP, &ack, 1, 0);
    } else if (channel)
        channel_close(channels, channel, "the peer opened a stream that is open");
    else
        open_channel(channels, stream, &message.open);
}

static void user_message(struct data_channels *channels, struct data_channel *channel, bool is_text,
                         const uint8_t *data, size_t size)
{
    if (channel->state != DATA_CHANNEL_OPEN) { // it was closed here: RFC 8831 6.7
        give_back(channels, size);
        return;
    }
    if (is_text && !dcep_is_utf8(data, size)) {
        give_back(channels, size);
        channel_close(channels, channel, "the peer sent a string that is not UTF-8");
        return;
    }
    channel->is_acknowledged = true; // RFC 8832 6: what the peer sends says as much as its answer
    channel->messages_received++;
    channel->bytes_received += size;
    channels->unconsumed += size + LINK_PIECE_COST;
    channels_tell_data(channels, DATA_CHANNEL_MESSAGE, channel, is_text, data, size);
}

static void message(struct data_channels *channels, uint16_t stream, uint32_t ppid, const uint8_t *data, size_t size)
{
    struct data_channel *channel = channels->by_stream[stream];
    bool is_empty = ppid == PPID_STRING_EMPTY || ppid == PPID_BINARY_EMPTY;
    bool is_text = ppid == PPID_STRING || ppid == PPID_STRING_PARTIAL || ppid == PPID_STRING_EMPTY;
    if (ppid == PPID_DCEP) {
        give_back(channels, size);
        control(channels, stream, channel, data, size);
    } else if (!channel) { // negotiated, and this side is not ready yet; or closed
        give_back(channels, size);
        channels->strays++;
    } else if (!is_text && !is_empty && ppid != PPID_BINARY && ppid != PPID_BINARY_PARTIAL) {
        give_back(channels, size);
        channel_close(channels, channel, "the peer sent a payload of an unknown kind");
    } else {
        return_credit(channels, is_empty ? size : 0);
        user_message(channels, channel, is_text, data, is_empty ? 0 : size);
    }
}

static bool keep(struct data_channels *channels, const struct link_message *piece)
{
    size_t size = channels->inbound.size + piece->size;
    if (size > channels->inbound.room) {
        size_t room = channels->inbound.room ? 2 * channels->inbound.room : INBOUND_ROOM_FIRST;
        uint8_t *bytes = size > DATA_CHANNEL_MESSAGE_MAX ? NULL : realloc(channels->inbound.bytes, room);
        if (!bytes)
            return false;
        channels->inbound.bytes = bytes;
        channels->inbound.room = room;
    }
    memcpy(channels->inbound.bytes + channels->inbound.size, piece->data, piece->size);
    channels->inbound.size = size;
    return true;
}

static void finish(struct data_channels *channels)
{
    struct data_channel *channel = channels->by_stream[channels->inbound.stream];
    uint8_t *bytes = channels->inbound.bytes;
    if (!channels->inbound.is_refused)
        message(channels, channels->inbound.stream, channels->inbound.ppid, bytes, channels->inbound.size);
    else {
        give_back(channels, 0);
        if (channel)
            channel_close(channels, channel, "the peer sent a message that is too large");
    }
    channels_forget_inbound(channels);
}

static void begin(struct data_channels *channels, const struct link_message *piece)
{
    if (channels->inbound.is_open) // one that ends nowhere: the peer gave it up
        give_back(channels, channels->inbound.size);
    channels->inbound.size = 0;
    channels->inbound.is_open = true;
    channels->inbound.is_refused = false;
    channels->inbound.stream = piece->stream;
    channels->inbound.ppid = piece->ppid;
}

void channels_receive(struct data_channels *channels, const struct link_message *piece)
{
    if (piece->stream >= DATA_CHANNELS_MAX || !piece->size) {
        give_back(channels, piece->size);
        return;
    }
    if (piece->flags & LINK_FIRST) {
        begin(channels, piece);
        if (piece->flags & LINK_LAST) {
            channels->inbound.is_open = false;
            message(channels, piece->stream, piece->ppid, piece->data, piece->size);
            return;
        }
    }
    if (!(piece->flags & LINK_FIRST))
        return_credit(channels, LINK_PIECE_COST); // a message costs that once
    if (!channels->inbound.is_open)
        return;
    if (channels->inbound.is_refused || !keep(channels, piece)) {
        return_credit(channels, piece->size + channels->inbound.size);
        channels->inbound.size = 0;
        channels->inbound.is_refused = true;
    }
    if (piece->flags & LINK_LAST)
        finish(channels);
}
