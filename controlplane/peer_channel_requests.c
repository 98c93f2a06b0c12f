// SPDX-License-Identifier: Apache-2.0
// createDataChannel, send, close (W3C WebRTC 6.1, 6.2), and looking at channels.
#include "peer_channel_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void refuse_creation(struct gateway_request *request, int error)
{
    if (error == -EINVAL)
        refuse(request, GATEWAY_TYPE_ERROR, 0,
               "at most one of maxPacketLifeTime and maxRetransmits; negotiated channels have an id of 0 to %d",
               DATA_CHANNELS_MAX - 1);
    else if (error == -EMSGSIZE)
        refuse(request, GATEWAY_TYPE_ERROR, 0,
               "label and protocol may have 65,535 bytes each, those of all channels of a peer %d",
               DATA_CHANNEL_TEXTS_MAX);
    else if (error == -EEXIST)
        refuse(request, GATEWAY_OPERATION_ERROR, 0, "another channel has that id");
    else if (error == -ENOSPC)
        refuse(request, GATEWAY_OPERATION_ERROR, 0,
               "there is no id left: a peer has %d channels, half of them opened "
               "by either side",
               DATA_CHANNELS_MAX);
    else if (error == -EPIPE)
        refuse(request, GATEWAY_INVALID_STATE, 0, "the SCTP association is closed");
    else
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
}

static void show(const struct session *session, uint32_t number, struct gateway_request *request)
{
    request->channels = peer_channels_look(session, number);
    if (!request->channels)
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
}

static void create(struct control *control, struct session *session, struct gateway_request *request, uint64_t now)
{
    const struct gateway_channel_ask *ask = &request->peer.channel;
    struct journal_peer *record = &session->peer->record;
    const struct data_channel_options options = {.label = request->data ? request->data : "",
                                                 .protocol = request->data ? strchr(request->data, 0) + 1 : "",
                                                 .ordered = ask->ordered,
                                                 .negotiated = ask->negotiated,
                                                 .id = ask->id,
                                                 .max_retransmits = ask->max_retransmits,
                                                 .max_packet_life_time = ask->max_packet_life_time,
                                                 .priority = ask->priority};
    uint32_t number;
    if (!record->may_use_data) {
        refuse(request, GATEWAY_INVALID_ACCESS, 0, "the peer may use no data channels");
        return;
    }
    if (peer_channels_prepare(control, session, request))
        return;
    int error = data_channels_create(session->channels->channels, &options, now, &number);
    if (error) {
        refuse_creation(request, error);
        return;
    }
    (void)data_channels_set_low(session->channels->channels, number, ask->low_threshold);
    if (record->last_channel < number)
        record->last_channel = number;
    if (record->data != JOURNAL_DATA_AGREED)
        record->data = JOURNAL_DATA_WANTED;
    peer_save(control, session);
    show(session, number, request);
    peer_look_at_negotiation(control, session);
}

static bool find(const struct session *session, struct gateway_request *request, struct data_channel_view *ret_view)
{
    uint32_t number = request->peer.channel.number;
    if (number && session->channels && !data_channels_look(session->channels->channels, number, ret_view))
        return true;
    if (number && number <= session->peer->record.last_channel)
        refuse(request, GATEWAY_INVALID_STATE, 0, "data channel %u is closed", number);
    else
        refuse(request, GATEWAY_NO_PART, 0, "the peer has no data channel %u", number);
    return false;
}

static void refuse_message(struct gateway_request *request, const struct data_channel_view *view, int error)
{
    if (error == -ENOTCONN)
        refuse(request, GATEWAY_INVALID_STATE, 0, "the data channel is %s", data_channel_state_names[view->state]);
    else if (error == -EMSGSIZE)
        refuse(request, GATEWAY_TOO_LARGE, 0, "the peer takes smaller messages: its a=max-message-size says so");
    else if (error == -EAGAIN)
        refuse(request, GATEWAY_BUFFER_FULL, 1, "%zu bytes of the channel wait to be sent; send it again later",
               view->buffered_amount);
    else
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
}

static void send_message(struct session *session, struct gateway_request *request, uint64_t now)
{
    struct data_channel_view view;
    if (!find(session, request, &view))
        return;
    struct data_channels *channels = session->channels->channels;
    (void)data_channels_set_low(channels, view.number, view.low_threshold); // from now on its user wants to know
    int error = data_channels_send(channels, view.number, request->peer.channel.is_text,
                                   request->data ? request->data : "", request->data_size, now);
    if (error)
        refuse_message(request, &view, error);
    else
        show(session, view.number, request);
}

static void change(const struct session *session, struct gateway_request *request)
{
    const struct gateway_channel_ask *ask = &request->peer.channel;
    struct data_channel_view view;
    if (!find(session, request, &view))
        return;
    if (ask->sets_low_threshold)
        (void)data_channels_set_low(session->channels->channels, view.number, ask->low_threshold);
    show(session, view.number, request);
}

// RFC 8831 6.7. What is closed already stays so.
static void close_channel(const struct session *session, struct gateway_request *request, uint64_t now)
{
    uint32_t number = request->peer.channel.number;
    if (!number || number > session->peer->record.last_channel)
        refuse(request, GATEWAY_NO_PART, 0, "the peer has no data channel %u", number);
    else if (session->channels)
        (void)data_channels_close(session->channels->channels, number, now);
}

static void list(const struct session *session, struct gateway_request *request)
{
    struct data_channel_view view;
    if (!request->peer.channel.number || find(session, request, &view))
        show(session, request->peer.channel.number, request);
}

void peer_channel_request(struct control *control, struct session *session, struct gateway_request *request,
                          uint64_t now)
{
    switch (request->operation) {
    case GATEWAY_CHANNEL_CREATE:
        create(control, session, request, now);
        break;
    case GATEWAY_CHANNEL_SEND:
        send_message(session, request, now);
        break;
    case GATEWAY_CHANNEL_CHANGE:
        change(session, request);
        break;
    case GATEWAY_CHANNEL_CLOSE:
        close_channel(session, request, now);
        break;
    default:
        list(session, request);
        break;
    }
}
