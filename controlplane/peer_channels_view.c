// SPDX-License-Identifier: Apache-2.0
// A peer's data channels as one looks at them.
#include "peer_channel_parts.h"

#include <stdlib.h>
#include <string.h>

struct sizes {
    unsigned count;
    size_t texts;
};

static bool next(const struct data_channels *channels, uint32_t number, uint32_t after, struct data_channel_view *view)
{
    if (!channels)
        return false;
    if (number)
        return after < number && !data_channels_look(channels, number, view);
    return !data_channels_next(channels, after, view);
}

static struct sizes measure(const struct data_channels *channels, uint32_t number)
{
    struct data_channel_view view;
    struct sizes sizes = {0};
    for (uint32_t at = 0; next(channels, number, at, &view); at = view.number) {
        sizes.count++;
        sizes.texts += strlen(view.label) + strlen(view.protocol) + 2;
    }
    return sizes;
}

static const char *put(char **at, const char *text)
{
    char *to = *at;
    *at = stpcpy(to, text) + 1;
    return to;
}

static void fill(const struct data_channel_view *from, struct gateway_channel_view *to, char **at)
{
    *to = (struct gateway_channel_view){.number = from->number,
                                        .id = from->id,
                                        .label = put(at, from->label),
                                        .protocol = put(at, from->protocol),
                                        .state = data_channel_state_names[from->state],
                                        .ordered = from->ordered,
                                        .negotiated = from->negotiated,
                                        .max_packet_life_time = from->max_packet_life_time,
                                        .max_retransmits = from->max_retransmits,
                                        .priority = from->priority,
                                        .buffered_amount = from->buffered_amount,
                                        .low_threshold = from->low_threshold,
                                        .messages_sent = from->messages_sent,
                                        .messages_received = from->messages_received,
                                        .bytes_sent = from->bytes_sent,
                                        .bytes_received = from->bytes_received,
                                        .messages_lost = from->messages_lost,
                                        .messages_expired = from->messages_expired};
}

static void fill_association(const struct session *session, struct gateway_channels_view *view)
{
    const struct peer_connection *peer = session->peer;
    const struct session_channels *channels = session->channels;
    uint32_t of_peer = peer->record.max_message;
    view->opened = peer->channels_opened;
    view->closed = peer->channels_closed;
    view->bridged = peer->bridge.passed;
    view->bridge_dropped = peer->bridge.dropped;
    view->max_channels = DATA_CHANNELS_MAX;
    view->max_message_size = of_peer && of_peer < GATEWAY_MESSAGE_MAX ? of_peer : GATEWAY_MESSAGE_MAX;
    if (channels && channels->is_agreed)
        view->state = data_channels_is_up(channels->channels)     ? "connected"
                      : data_channels_is_lost(channels->channels) ? "closed"
                                                                  : "connecting";
}

struct gateway_channels_view *peer_channels_look(const struct session *session, uint32_t number)
{
    const struct data_channels *channels = session->channels ? session->channels->channels : NULL;
    const struct sizes sizes = measure(channels, number);
    struct gateway_channels_view *view = calloc(1, sizeof(*view) + sizes.count * sizeof(view->list[0]) + sizes.texts);
    struct data_channel_view channel;
    if (!view)
        return NULL;
    fill_association(session, view);
    char *at = (char *)&view->list[sizes.count];
    for (uint32_t after = 0; next(channels, number, after, &channel); after = channel.number)
        fill(&channel, &view->list[view->count++], &at);
    return view;
}
