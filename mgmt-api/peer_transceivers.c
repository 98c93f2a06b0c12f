// SPDX-License-Identifier: Apache-2.0
// /v1/peers/{id}/transceivers and tracks: addTransceiver, addTrack, removeTrack, direction, stop, pauses;
// configuration.
#include "access.h"
#include "handlers.h"
#include "peer_json.h"
#include "problem.h"
#include <stdio.h>
#include <string.h>

static const char *const directions[4] = {"inactive", "sendonly", "recvonly", "sendrecv"};

static bool read_direction(const char *text, unsigned *ret_ways)
{
    for (unsigned ways = 0; text && ways < 4; ways++)
        if (strcmp(text, directions[ways]) == 0) {
            *ret_ways = ways;
            return true;
        }
    return false;
}

static json_t *view_codec(const struct gateway_transceiver_view *view)
{
    if (!view->codec[0])
        return json_null();
    char mime[32];
    snprintf(mime, sizeof mime, "%s/%s", view->is_video ? "video" : "audio", view->codec);
    json_t *json = json_pack("{s:i, s:s, s:i}", "payloadType", (int)view->payload_type, "mimeType", mime, "clockRate",
                             (int)view->clock_rate);
    if (!view->is_video)
        json_object_set_new(json, "channels", json_integer(view->channels));
    if (view->fmtp[0])
        json_object_set_new(json, "sdpFmtpLine", json_string(view->fmtp));
    return json;
}

static json_t *view_track(const struct gateway_direction_view *view)
{
    return view->is_there ? json_pack("{s:s, s:s}", "id", view->track, "stream", view->stream) : json_null();
}

static json_t *view_sender(const struct gateway_transceiver_view *view)
{
    if (!view->source[0])
        return json_null();
    json_t *codec = view_codec(view), *codecs = json_is_null(codec) ? json_array() : json_pack("[O]", codec);
    json_decref(codec);
    return json_pack("{s:s, s:o, s:b, s:{s:[{s:b}], s:o}}", "source", view->source, "track", view_track(&view->sender),
                     "active", !view->is_paused, "parameters", "encodings", "active", !view->is_paused, "codecs",
                     codecs);
}

static json_t *view_transceiver(const struct gateway_transceiver_view *view)
{
    return json_pack("{s:o, s:s, s:s, s:s, s:b, s:o, s:o, s:o}", "mid",
                     view->mid[0] ? json_string(view->mid) : json_null(), "kind", view->is_video ? "video" : "audio",
                     "direction", view->is_stopping ? "stopped" : directions[view->ways & 3], "currentDirection",
                     directions[view->current_ways & 3], "stopped", view->is_stopping, "codec", view_codec(view),
                     "sender", view_sender(view), "receiver", view_track(&view->receiver));
}

static json_t *view_list(const struct gateway_peer_view *view)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < view->transceiver_count; i++)
        json_array_append_new(list, view_transceiver(&view->transceivers[i]));
    return list;
}

bool peer_look_begin(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                     struct http_response *response)
{
    return peer_json_name(request, ask, GATEWAY_PEER_LOOK, response);
}

void transceivers_show(const struct http_request *request, struct gateway_request *answer,
                       struct http_response *response)
{
    response_json(response, 200, "application/json", json_pack("{s:o}", "transceivers", view_list(answer->view)));
}

// The last is the new one: places are taken in order, and what is not negotiated has no mid.
void transceiver_added(const struct http_request *request, struct gateway_request *answer,
                       struct http_response *response)
{
    response_json(response, 201, "application/json", json_pack("{s:o}", "transceivers", view_list(answer->view)));
}

void transceiver_show(const struct http_request *request, struct gateway_request *answer,
                      struct http_response *response)
{
    for (unsigned i = 0; i < answer->view->transceiver_count; i++)
        if (strcmp(answer->view->transceivers[i].mid, request->parameters[1]) == 0) {
            response_json(response, 200, "application/json", view_transceiver(&answer->view->transceivers[i]));
            return;
        }
    problem(response, 404, "No transceiver has that mid.");
}

void configuration_show(const struct http_request *request, struct gateway_request *answer,
                        struct http_response *response)
{
    const struct gateway_peer_view *view = answer->view;
    json_t *json = json_pack("{s:[], s:s, s:s, s:s, s:i}", "iceServers", "iceTransportPolicy", "all", "bundlePolicy",
                             "max-bundle", "rtcpMuxPolicy", "require", "iceCandidatePoolSize", 0);
    json_object_set_new(json, "room", json_string(view->room));
    json_object_set_new(json, "publish", json_boolean(view->may_publish));
    json_object_set_new(json, "subscribe", json_boolean(view->subscribes));
    json_object_set_new(json, "data", json_boolean(view->may_use_data));
    json_object_set_new(json, "polite", json_boolean(view->is_polite));
    json_object_set_new(json, "signalingState", json_string(view->signaling_state));
    json_object_set_new(json, "connectionState", json_string(view->connection_state));
    json_object_set_new(json, "iceConnectionState", json_string(view->ice_connection_state));
    json_object_set_new(json, "negotiationNeeded", json_boolean(view->needs_negotiation));
    response_json(response, 200, "application/json", json);
}

bool transceiver_add(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                     struct http_response *response)
{
    const char *kind = NULL, *direction = "recvonly";
    if (!peer_json_name(request, ask, GATEWAY_PEER_ADD, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = !json_unpack_ex(body, NULL, JSON_STRICT, "{s:s, s?s}", "kind", &kind, "direction", &direction) &&
                   (strcmp(kind, "audio") == 0 || strcmp(kind, "video") == 0) &&
                   read_direction(direction, &ask->peer.ways);
    ask->peer.is_video = is_good && strcmp(kind, "video") == 0;
    json_decref(body);
    if (!is_good)
        problem(response, 400, "Send {\"kind\": \"audio\"} or video, and a direction; without one it is recvonly.");
    return is_good;
}

static bool read_patch(json_t *body, struct gateway_peer_ask *ask)
{
    const char *direction = NULL;
    int stopped = false, active = -1;
    json_t *sender = NULL, *preferences, *track, *parameters; // these three: parameters_read
    if (json_unpack_ex(body, NULL, JSON_STRICT, "{s?s, s?b, s?o, s?o, s?o, s?o}", "direction", &direction, "stopped",
                       &stopped, "sender", &sender, "setCodecPreferences", &preferences, "replaceTrack", &track,
                       "setParameters", &parameters) ||
        (sender && json_unpack_ex(sender, NULL, JSON_STRICT, "{s:b}", "active", &active)))
        return false;
    ask->sets_ways = direction;
    ask->stops = stopped;
    ask->sets_paused = active >= 0;
    ask->is_paused = active == 0;
    return !direction || read_direction(direction, &ask->ways);
}

bool transceiver_change(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                        struct http_response *response)
{
    if (!peer_json_name(request, ask, GATEWAY_PEER_CHANGE, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = read_patch(body, &ask->peer);
    if (!is_good)
        problem(response, 400,
                "Send what is to change: direction, \"stopped\": true, \"sender\": {\"active\": false}, "
                "setCodecPreferences, replaceTrack or setParameters.");
    is_good = is_good && parameters_read(service, body, &ask->peer, response);
    json_decref(body);
    if (!is_good)
        return false;
    if (ask->peer.sets_track && ask->peer.source[0] &&
        !access_permits(&request->access, PERMIT_SUBSCRIBE, request->access.room)) {
        problem(response, 403, "The token does not permit this: \"subscribe\" has to stand in its permissions.");
        return false;
    }
    if (request_copy(request->parameters[1], ask->peer.mid, sizeof ask->peer.mid))
        return true;
    problem(response, 404, "No transceiver has that mid.");
    return false;
}

bool track_add(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
               struct http_response *response)
{
    const char *source = NULL;
    if (!peer_json_name(request, ask, GATEWAY_PEER_ADD_TRACK, response))
        return false;
    if (!access_permits(&request->access, PERMIT_SUBSCRIBE, request->access.room)) {
        problem(response, 403, "The token does not permit this: \"subscribe\" has to stand in its permissions.");
        return false;
    }
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = !json_unpack_ex(body, NULL, JSON_STRICT, "{s:s}", "source", &source) &&
                   request_copy(source, ask->peer.source, sizeof ask->peer.source);
    json_decref(body);
    if (!is_good)
        problem(response, 400, "Send {\"source\": \"ROOM/PEER/MID\"}: a track that another member of the room sends.");
    return is_good;
}

void track_added(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_header(response, "Location", "/v1/peers/%s/tracks/%s", answer->id, answer->peer.track);
    response_json(response, 201, "application/json", json_pack("{s:s}", "id", answer->peer.track));
}

bool track_remove(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    if (!peer_json_name(request, ask, GATEWAY_PEER_REMOVE_TRACK, response))
        return false;
    if (request_copy(request->parameters[1], ask->peer.track, sizeof ask->peer.track))
        return true;
    problem(response, 404, "No track of that id is sent to the peer.");
    return false;
}
