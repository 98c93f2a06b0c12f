// SPDX-License-Identifier: Apache-2.0
// GET /v1/peers/{id}/events and /v1/events: Server-Sent Events (HTML 9.2). The ids say where a reader stood: it sends
// the last one in Last-Event-ID and gets what came meanwhile, as far as it is still there.
#include "channel_json.h"
#include "event_json.h"
#include "handlers.h"
#include "peer_json.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[PEER_EVENT_KINDS] = {
    [PEER_TRACK] = "track",
    [PEER_REMOVE_TRACK] = "removetrack",
    [PEER_ICE_CANDIDATE] = "icecandidate",
    [PEER_ICE_CONNECTION_STATE] = "iceconnectionstatechange",
    [PEER_CONNECTION_STATE] = "connectionstatechange",
    [PEER_SIGNALING_STATE] = "signalingstatechange",
    [PEER_NEGOTIATION_NEEDED] = "negotiationneeded",
    [PEER_QUALITY] = "quality",
    [PEER_DATA_CHANNEL] = "datachannel",
    [PEER_CHANNEL_OPEN] = "open",
    [PEER_CHANNEL_MESSAGE] = "message",
    [PEER_CHANNEL_LOW] = "bufferedamountlow",
    [PEER_CHANNEL_CLOSING] = "closing",
    [PEER_CHANNEL_ERROR] = "error",
    [PEER_CHANNEL_CLOSE] = "close",
};

static const char *const state_names[PEER_EVENT_KINDS] = {
    [PEER_ICE_CONNECTION_STATE] = "iceConnectionState",
    [PEER_CONNECTION_STATE] = "connectionState",
    [PEER_SIGNALING_STATE] = "signalingState",
    [PEER_QUALITY] = "quality",
};

const char *event_name(enum gateway_event_kind kind)
{
    return kind < PEER_EVENT_KINDS ? names[kind] : NULL;
}

static void add_message(json_t *json, const struct gateway_channel_event *channel)
{
    json_object_set_new(json, "type", json_string(channel->is_text ? "string" : "binary"));
    if (channel->is_text)
        json_object_set_new(json, "data", json_stringn((const char *)channel->data, channel->size));
    else
        json_object_set_new(json, "data_base64", channel_json_binary(channel->data, channel->size));
}

static void add_channel(json_t *json, const struct gateway_event *event)
{
    const struct gateway_channel_event *channel = &event->channel;
    bool has_ended = event->kind >= PEER_CHANNEL_CLOSING;
    json_object_set_new(json, "channel", channel_json_of_event(channel));
    if (event->kind == PEER_CHANNEL_MESSAGE)
        add_message(json, channel);
    if (has_ended)
        json_object_set_new(json, "cause", channel->cause[0] ? json_string(channel->cause) : json_null());
    if (channel->lost)
        json_object_set_new(json, "messagesLost", json_integer((json_int_t)channel->lost));
}

json_t *event_data(const struct gateway_event *event)
{
    json_t *json = json_pack("{s:s, s:s}", "peer", event->peer, "room", event->room);
    if (state_names[event->kind])
        json_object_set_new(json, state_names[event->kind], json_string(event->state));
    if (event->kind == PEER_TRACK || event->kind == PEER_REMOVE_TRACK) {
        json_object_set_new(json, "mid", json_string(event->mid));
        json_object_set_new(json, "kind", json_string(event->media));
        json_object_set_new(json, "track", json_string(event->track));
        json_object_set_new(json, "streams", json_pack("[s]", event->stream));
    }
    if (event->kind == PEER_QUALITY) {
        json_object_set_new(json, "loss", json_real(event->loss / 1000.0));
        json_object_set_new(json, "roundTripTime", json_real(event->rtt_us / 1e6));
        json_object_set_new(json, "jitter", json_real(event->jitter_us / 1e6));
    }
    if (event->kind == PEER_ICE_CANDIDATE)
        json_object_set_new(json, "candidate",
                            json_pack("{s:s, s:s}", "candidate", event->candidate, "sdpMid", event->mid));
    if (event->kind >= PEER_DATA_CHANNEL)
        add_channel(json, event);
    return json;
}

static void print(FILE *stream, const struct gateway_event *event)
{
    json_t *json = event_name(event->kind) ? event_data(event) : NULL;
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text)
        fprintf(stream, "id: %" PRIu64 ".%" PRIu64 "\nevent: %s\ndata: %s\n\n", event->epoch, event->number,
                names[event->kind], text);
    free(text);
    json_decref(json);
}

// Without events a comment, which shows that both sides are there.
void events_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    for (unsigned i = 0; stream && i < answer->event_count; i++)
        print(stream, &answer->events[i]);
    if (stream && !answer->event_count)
        fprintf(stream, ":\n\n");
    if (!stream || fclose(stream)) {
        free(text);
        response_empty(response, 503);
        return;
    }
    if (answer->event_count) {
        answer->peer.after_epoch = answer->events[answer->event_count - 1].epoch;
        answer->peer.after_number = answer->events[answer->event_count - 1].number;
    }
    response_owned(response, 200, "text/event-stream", text, size);
    response_header(response, "Cache-Control", "no-store");
    response->is_stream = !answer->is_over && request->method != HTTP_HEAD;
}

static void begin(const struct http_request *request, struct gateway_request *ask)
{
    char *end;
    ask->operation = GATEWAY_PEER_EVENTS;
    ask->peer.is_first = true;
    ask->peer.after_epoch = strtoull(request->last_event_id, &end, 10);
    ask->peer.after_number = *end == '.' ? strtoull(end + 1, NULL, 10) : 0;
}

bool events_of_peer(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    begin(request, ask);
    return peer_json_name(request, ask, GATEWAY_PEER_EVENTS, response);
}

bool events_of_all(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                   struct http_response *response)
{
    begin(request, ask);
    ask->peer.is_for_all = true;
    return true;
}
