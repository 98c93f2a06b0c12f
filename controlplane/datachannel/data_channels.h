// SPDX-License-Identifier: Apache-2.0
// The data channels of one peer (RFC 8831, RFC 8832) above naru-sctp: a state machine without I/O or clock of its own.
// `now` is monotonic nanoseconds. A channel has a number from its creation on, which is never another's; its stream id
// comes later, unless it was negotiated. Text of views and events is borrowed until the next call.
#pragma once

#include "data_channel_event.h"
#include "data_channel_view.h"
#include "link_message.h"

#define DATA_CHANNELS_MAX        1024   // of one peer: streams 0 to 1023
#define DATA_CHANNEL_MESSAGE_MAX 262144 // bytes, a=max-message-size of this side
#define DATA_CHANNEL_TEXTS_MAX   262144 // bytes of all labels and protocols of a peer
#define DATA_CHANNEL_QUEUE_MAX   4096   // messages of a peer that wait here

struct data_channels_setup {
    uint32_t transport, generation; // which association it is to naru-sctp
    uint16_t local_port, peer_port; // a=sctp-port
    uint32_t peer_max_message;      // a=max-message-size of the peer; 0: any size, and what this side bears
    uint32_t packet_max;            // bytes of an SCTP packet
    uint32_t last_number;           // that a channel of this peer had before; 0: none
    size_t buffer_max, inbound_max; // bytes of a peer that wait to be sent; that were told and not consumed
    // To naru-sctp: 0, or -EAGAIN and it is to be said again, from data_channels_go_on().
    int (*say)(void *context, const struct link_message *message);
    // Called from within the calls below; may call all of them but data_channels_free.
    void (*tell)(void *context, const struct data_channel_event *event);
    void *say_context, *context; // of the former and the latter
};

struct data_channels;

// NULL when there is no memory. Channels may be created at once; nothing is said before data_channels_start.
struct data_channels *data_channels_new(const struct data_channels_setup *setup);
void data_channels_free(struct data_channels *channels); // says goodbye to naru-sctp, tells nothing

// The answer named the peer's SCTP port and the largest message that it takes, before the start.
void data_channels_peer(struct data_channels *channels, uint16_t peer_port, uint32_t peer_max_message);
// Before the start: one that a process before this one had open, with its number and stream; numbers rise. reason:
// NULL, or why it is closed at once; its number is a new one then. As data_channels_create.
int data_channels_adopt(struct data_channels *channels, const struct data_channel_view *view, const char *reason);
// DTLS is established. RFC 8832 6: its client has the even stream ids.
void data_channels_start(struct data_channels *channels, bool is_dtls_client, uint64_t now);
// naru-sctp lives anew: a new association over the same DTLS; what was handed over to the old one is told as lost.
void data_channels_restart(struct data_channels *channels, uint64_t now);
// What naru-sctp says of this association.
void data_channels_input(struct data_channels *channels, const struct link_message *message, uint64_t now);
// There is room on the link again.
void data_channels_go_on(struct data_channels *channels, uint64_t now);

// ret_number: 0; else -EINVAL (options that contradict each other), -EEXIST (the id is taken), -EMSGSIZE (label or
// protocol), -ENOSPC (no more channels, or no id), -EPIPE (the association is lost), -ENOMEM.
int data_channels_create(struct data_channels *channels, const struct data_channel_options *options, uint64_t now,
                         uint32_t *ret_number);
// 0; else -ENOENT, -ENOTCONN (not open), -EMSGSIZE (more than the peer takes), -EAGAIN (too much waits:
// DATA_CHANNEL_LOW tells when to go on), -ENOMEM.
int data_channels_send(struct data_channels *channels, uint32_t number, bool is_text, const void *data, size_t size,
                       uint64_t now);
// What waits is still sent. DATA_CHANNEL_CLOSED tells the end. 0 or -ENOENT.
int data_channels_close(struct data_channels *channels, uint32_t number, uint64_t now);
// The same for a reason; static text.
int data_channels_end(struct data_channels *channels, uint32_t number, const char *reason, uint64_t now);
// bufferedAmountLowThreshold: from then on DATA_CHANNEL_BUFFERED_LOW is told. 0 or -ENOENT.
int data_channels_set_low(struct data_channels *channels, uint32_t number, size_t threshold);
// All of them and their association, without waiting for anything: it was taken back. reason: as above.
void data_channels_lose(struct data_channels *channels, const char *reason, uint64_t now);
// A told message of that size is done with: as long as more than inbound_max of them are not, the peer has to wait.
void data_channels_consume(struct data_channels *channels, size_t size);

int data_channels_look(const struct data_channels *channels, uint32_t number, struct data_channel_view *ret_view);
// An open one of that label: the peer's own, else one of this side's, else one that is_for_room. 0 or -ENOENT.
int data_channels_find(const struct data_channels *channels, const char *label, struct data_channel_view *ret_view);
// All, by number; it calls none of these.
void data_channels_visit(const struct data_channels *channels,
                         void (*visit)(void *context, const struct data_channel_view *view), void *context);
// The channel with the lowest number above `number`. 0 or -ENOENT.
int data_channels_next(const struct data_channels *channels, uint32_t number, struct data_channel_view *ret_view);
bool data_channels_is_up(const struct data_channels *channels);
bool data_channels_has_room(const struct data_channels *channels); // no more than half of what may wait does
bool data_channels_is_lost(const struct data_channels *channels);
