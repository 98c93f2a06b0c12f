// SPDX-License-Identifier: Apache-2.0
// /v1/peers/{id}/datachannels: RTCDataChannel as a resource. Creating, looking, the threshold, closing.
#include "access.h"
#include "channel_json.h"
#include "handlers.h"
#include "peer_json.h"
#include "problem.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65535 // bytes of a label or a protocol

static const char *const priority_names[] = {"very-low", "low", "medium", "high"};

bool peer_json_channel(struct http_request *request, struct gateway_request *ask, enum gateway_operation operation,
                       struct http_response *response)
{
    uint64_t number;
    if (!peer_json_name(request, ask, operation, response))
        return false;
    if (content_length_parse(request->parameters[1], &number) && number > 0 && number <= UINT32_MAX) {
        ask->peer.channel.number = (uint32_t)number;
        return true;
    }
    problem(response, 404, "The peer has no such data channel; its numbers stand in the list of them.");
    return false;
}

bool peer_json_may_use_data(const struct http_request *request, struct http_response *response)
{
    if (access_permits(&request->access, PERMIT_DATA, request->access.room))
        return true;
    problem(response, 403, "The token does not permit this: \"data\" has to stand in its permissions.");
    return false;
}

// WebIDL: an unsigned short with [EnforceRange], or null.
static bool read_short(const json_t *body, const char *name, int *ret_value)
{
    const json_t *json = json_object_get(body, name);
    *ret_value = -1;
    if (!json || json_is_null(json))
        return true;
    if (!json_is_integer(json) || json_integer_value(json) < 0 || json_integer_value(json) > UINT16_MAX)
        return false;
    *ret_value = (int)json_integer_value(json);
    return true;
}

static bool read_bool(const json_t *body, const char *name, bool otherwise, bool *ret_value)
{
    const json_t *json = json_object_get(body, name);
    *ret_value = json ? json_is_true(json) : otherwise;
    return !json || json_is_boolean(json);
}

static bool read_priority(const json_t *body, uint16_t *ret_priority)
{
    const json_t *json = json_object_get(body, "priority");
    *ret_priority = 256;
    for (size_t i = 0; json && i < sizeof priority_names / sizeof *priority_names; i++)
        if (json_is_string(json) && strcmp(json_string_value(json), priority_names[i]) == 0) {
            *ret_priority = (uint16_t)(128U << i);
            return true;
        }
    return !json;
}

static bool read_threshold(const json_t *body, struct gateway_channel_ask *channel)
{
    const json_t *json = json_object_get(body, "bufferedAmountLowThreshold");
    if (!json)
        return true;
    channel->sets_low_threshold = true;
    channel->low_threshold = (uint64_t)json_integer_value(json);
    return json_is_integer(json) && json_integer_value(json) >= 0;
}

// The label, and behind its NUL the protocol.
static bool take_texts(const json_t *body, struct gateway_request *ask)
{
    const json_t *label = json_object_get(body, "label"), *protocol = json_object_get(body, "protocol");
    size_t label_size = json_string_length(label), protocol_size = json_string_length(protocol);
    bool is_good = (!label || json_is_string(label)) && (!protocol || json_is_string(protocol)) &&
                   label_size <= TEXT_MAX && protocol_size <= TEXT_MAX;
    ask->data = is_good ? calloc(1, label_size + protocol_size + 2) : NULL;
    if (!ask->data)
        return false;
    if (label)
        memcpy(ask->data, json_string_value(label), label_size);
    if (protocol)
        memcpy(ask->data + strlen(ask->data) + 1, json_string_value(protocol), protocol_size);
    ask->data_size = label_size + protocol_size + 2;
    return true;
}

static const char *read_channel(const json_t *body, struct gateway_request *ask)
{
    struct gateway_channel_ask *channel = &ask->peer.channel;
    if (!read_bool(body, "ordered", true, &channel->ordered) ||
        !read_bool(body, "negotiated", false, &channel->negotiated))
        return "ordered and negotiated are true or false.";
    if (!read_short(body, "maxPacketLifeTime", &channel->max_packet_life_time) ||
        !read_short(body, "maxRetransmits", &channel->max_retransmits) || !read_short(body, "id", &channel->id))
        return "maxPacketLifeTime, maxRetransmits and id are numbers from 0 to 65535.";
    if (channel->max_packet_life_time >= 0 && channel->max_retransmits >= 0)
        return "At most one of maxPacketLifeTime and maxRetransmits can be set.";
    if (channel->negotiated && channel->id < 0)
        return "A negotiated channel needs its id.";
    if (!read_priority(body, &channel->priority))
        return "priority is very-low, low, medium or high.";
    if (!read_threshold(body, channel))
        return "bufferedAmountLowThreshold is a number of bytes.";
    if (!channel->negotiated)
        channel->id = -1; // W3C WebRTC 6.1: ignored
    return take_texts(body, ask) ? NULL : "label and protocol are strings of at most 65,535 bytes.";
}

bool channel_create(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    if (!peer_json_name(request, ask, GATEWAY_CHANNEL_CREATE, response) || !peer_json_may_use_data(request, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    const char *problem = read_channel(body, ask);
    json_decref(body);
    return problem ? peer_json_refuse(response, GATEWAY_TYPE_ERROR, problem) : true;
}

void channel_created(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_channel_view *view = &answer->channels->list[0];
    response_header(response, "Location", "/v1/peers/%s/datachannels/%u", answer->id, view->number);
    response_json(response, 201, "application/json", channel_json(view));
}

bool channel_list(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    return peer_json_name(request, ask, GATEWAY_CHANNEL_LIST, response);
}

static json_t *association_json(const struct gateway_channels_view *view)
{
    if (!view->state)
        return json_null();
    return json_pack("{s:s, s:I, s:I}", "state", view->state, "maxMessageSize", (json_int_t)view->max_message_size,
                     "maxChannels", (json_int_t)view->max_channels);
}

void channels_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_channels_view *view = answer->channels;
    json_t *list = json_array();
    for (unsigned i = 0; i < view->count; i++)
        json_array_append_new(list, channel_json(&view->list[i]));
    response_json(response, 200, "application/json",
                  json_pack("{s:o, s:o}", "sctp", association_json(view), "datachannels", list));
}

bool channel_look(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    return peer_json_channel(request, ask, GATEWAY_CHANNEL_LIST, response);
}

void channel_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_json(response, 200, "application/json", channel_json(&answer->channels->list[0]));
}

bool channel_change(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    if (!peer_json_channel(request, ask, GATEWAY_CHANNEL_CHANGE, response) ||
        !peer_json_may_use_data(request, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = read_threshold(body, &ask->peer.channel) && ask->peer.channel.sets_low_threshold;
    json_decref(body);
    return is_good ? true
                   : peer_json_refuse(response, GATEWAY_TYPE_ERROR, "Send {\"bufferedAmountLowThreshold\": BYTES}.");
}

bool channel_delete(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    return peer_json_channel(request, ask, GATEWAY_CHANNEL_CLOSE, response) &&
           peer_json_may_use_data(request, response);
}
