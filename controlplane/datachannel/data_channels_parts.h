// SPDX-License-Identifier: Apache-2.0
// Inside of a peer's data channels: what its files call of each other.
#pragma once

#include "data_channel.h"

// data_channels.c
void channels_enter(struct data_channels *channels, uint64_t now);
void channels_leave(struct data_channels *channels);
void channels_tell(struct data_channels *channels, enum data_channel_event_kind kind,
                   const struct data_channel *channel, const char *reason);
void channels_tell_data(struct data_channels *channels, enum data_channel_event_kind kind,
                        const struct data_channel *channel, bool is_text, const uint8_t *data, size_t size);
struct data_channel *channels_find(const struct data_channels *channels, uint32_t number);
// The one with the lowest number above that one: a walk during which others may come and go.
struct data_channel *channels_next_of(const struct data_channels *channels, uint32_t number);
int channels_choose_stream(const struct data_channels *channels); // or -ENOSPC
void channel_take_stream(struct data_channels *channels, struct data_channel *channel, int id);
// Once the association is up.
void channel_open(struct data_channels *channels, struct data_channel *channel);
// Adds one of these options, by whomever. As data_channels_create.
int channels_add(struct data_channels *channels, const struct data_channel_options *options, size_t label_size,
                 size_t protocol_size, struct data_channel **ret_channel);
// It is forgotten; its memory goes when the outermost call returns.
void channel_end(struct data_channels *channels, struct data_channel *channel, const char *reason);
// Begins to close. reason: as of struct data_channel.
void channel_close(struct data_channels *channels, struct data_channel *channel, const char *reason);
// Both ways are reset: then it ends.
void channel_settle(struct data_channels *channels, struct data_channel *channel);
int channels_say(struct data_channels *channels, struct link_message *message);

// data_channels_send.c
int channel_queue(struct data_channels *channels, struct data_channel *channel, uint32_t ppid, const void *data,
                  size_t size, size_t user_size);
int channel_queue_open(struct data_channels *channels, struct data_channel *channel);
void channel_drop_queue(struct data_channels *channels, struct data_channel *channel);
void channels_send(struct data_channels *channels);
// Who waits below its threshold now, and did not when the last call ended.
void channels_tell_low(struct data_channels *channels);
void channels_take(struct data_channels *channels, uint64_t bytes);
// What the peer may not have got of channels' beginnings and ends is said once more.
void channels_repeat_control(struct data_channels *channels);
// What naru-sctp had died with it.
void channels_lose_in_flight(struct data_channels *channels);

// data_channels_receive.c
void channels_receive(struct data_channels *channels, const struct link_message *piece);
void channels_forget_inbound(struct data_channels *channels);
