// SPDX-License-Identifier: Apache-2.0
// /v1/peers: RTCPeerConnection as a resource. Opening, descriptions, candidates, ICE restarts, closing.
#include "access.h"
#include "handlers.h"
#include "peer_json.h"
#include "problem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[GATEWAY_SDP_TYPES] = {"offer", "pranswer", "answer", "rollback"};

json_t *peer_json_body(const struct http_request *request, struct http_response *response)
{
    json_t *json = request->body ? json_loadb(request->body, request->body_length, 0, NULL) : NULL;
    if (json_is_object(json))
        return json;
    json_decref(json);
    problem(response, 400, "Send a JSON object in the body.");
    return NULL;
}

bool peer_json_refuse(struct http_response *response, enum gateway_status status, const char *what)
{
    struct gateway_request refused = {.status = status};
    snprintf(refused.detail, sizeof refused.detail, "%s", what);
    problem_of_gateway(response, &refused);
    return false;
}

bool peer_json_name(struct http_request *request, struct gateway_request *ask, enum gateway_operation operation,
                    struct http_response *response)
{
    ask->operation = operation;
    ask->is_peer = true;
    memcpy(ask->room, request->access.room, sizeof ask->room); // a token of one room reaches no peer of another
    if (request_copy(request->parameters[0], ask->id, sizeof ask->id))
        return true;
    ask->status = GATEWAY_NO_SESSION;
    problem_of_gateway(response, ask);
    return false;
}

bool connection_open(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                     struct http_response *response)
{
    const char *room = NULL;
    int publish = true, subscribe = true, polite = false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = !json_unpack_ex(body, NULL, JSON_STRICT, "{s:s, s?b, s?b, s?b}", "room", &room, "publish", &publish,
                                   "subscribe", &subscribe, "polite", &polite) &&
                   request_copy(room, ask->room, sizeof ask->room);
    json_decref(body);
    ask->operation = GATEWAY_PEER_OPEN;
    ask->is_peer = true;
    ask->peer.may_publish = publish && access_permits(&request->access, PERMIT_PUBLISH, ask->room);
    ask->peer.subscribes = subscribe && access_permits(&request->access, PERMIT_SUBSCRIBE, ask->room);
    ask->peer.may_use_data = access_permits(&request->access, PERMIT_DATA, ask->room);
    ask->peer.is_polite = polite;
    bool is_permitted = access_permits(&request->access, PERMIT_PUBLISH, ask->room) ||
                        access_permits(&request->access, PERMIT_SUBSCRIBE, ask->room) || ask->peer.may_use_data;
    if (!is_good)
        problem(response, 400, "Send {\"room\": NAME}, and publish, subscribe or polite as true or false if you like.");
    else if (!is_permitted)
        problem(response, 403, "The token is not for this room.");
    return is_good && is_permitted;
}

void connection_opened(const struct http_request *request, struct gateway_request *answer,
                       struct http_response *response)
{
    response_header(response, "Location", "/v1/peers/%s", answer->id);
    response_json(response, 201, "application/json", json_pack("{s:s, s:s}", "id", answer->id, "room", answer->room));
}

bool connection_close(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                      struct http_response *response)
{
    return peer_json_name(request, ask, GATEWAY_CLOSE, response);
}

void connection_done(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_empty(response, 204);
}

bool connection_create_offer(const struct http_service *service, struct http_request *request,
                             struct gateway_request *ask, struct http_response *response)
{
    ask->peer.type = GATEWAY_OFFER;
    return peer_json_name(request, ask, GATEWAY_PEER_CREATE, response);
}

bool connection_create_answer(const struct http_service *service, struct http_request *request,
                              struct gateway_request *ask, struct http_response *response)
{
    ask->peer.type = GATEWAY_ANSWER;
    return peer_json_name(request, ask, GATEWAY_PEER_CREATE, response);
}

void connection_described(const struct http_request *request, struct gateway_request *answer,
                          struct http_response *response)
{
    if (!answer->sdp) { // a rollback
        response_empty(response, 204);
        return;
    }
    const char *type = answer->peer.type < GATEWAY_SDP_TYPES ? type_names[answer->peer.type] : "";
    response_json(response, 200, "application/json", json_pack("{s:s, s:s}", "type", type, "sdp", answer->sdp));
}

static bool read_type(const char *text, enum gateway_sdp_type *ret_type)
{
    for (unsigned type = 0; text && type < GATEWAY_SDP_TYPES; type++)
        if (strcmp(text, type_names[type]) == 0) {
            *ret_type = (enum gateway_sdp_type)type;
            return true;
        }
    return false;
}

static bool take_sdp(const char *sdp, struct gateway_request *ask)
{
    ask->sdp = sdp ? strdup(sdp) : NULL;
    ask->sdp_length = ask->sdp ? strlen(ask->sdp) : 0;
    return !sdp || ask->sdp;
}

// {"type", "sdp"}: RTCSessionDescriptionInit; of a local one both may be left out.
static bool read_description(json_t *body, bool is_local, struct gateway_request *ask)
{
    const char *type = NULL, *sdp = NULL;
    if (json_unpack_ex(body, NULL, JSON_STRICT, "{s?s, s?s}", "type", &type, "sdp", &sdp))
        return false;
    ask->peer.type = GATEWAY_SDP_TYPES;
    if (type && !read_type(type, &ask->peer.type))
        return false;
    if (!is_local && !type)
        return false;
    ask->peer.is_implicit = !sdp || !sdp[0];
    bool needs_sdp = !is_local && ask->peer.type != GATEWAY_ROLLBACK;
    return !(needs_sdp && ask->peer.is_implicit) && (type || !sdp) && take_sdp(sdp, ask);
}

static bool set(struct http_request *request, bool is_local, struct gateway_request *ask,
                struct http_response *response)
{
    enum gateway_operation operation = is_local ? GATEWAY_PEER_SET_LOCAL : GATEWAY_PEER_SET_REMOTE;
    if (!peer_json_name(request, ask, operation, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    bool is_good = read_description(body, is_local, ask);
    json_decref(body);
    if (!is_good)
        problem(response, 400,
                is_local
                    ? "Send {}, or a type (offer, pranswer, answer, rollback), and the sdp that was created if any."
                    : "Send {\"type\": \"offer\", \"sdp\": TEXT}; the types are offer, pranswer, answer, rollback.");
    return is_good;
}

bool connection_set_local(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                          struct http_response *response)
{
    return set(request, true, ask, response);
}

bool connection_set_remote(const struct http_service *service, struct http_request *request,
                           struct gateway_request *ask, struct http_response *response)
{
    return set(request, false, ask, response);
}

// RTCIceCandidateInit; null and "" are the end of candidates.
bool connection_add_candidate(const struct http_service *service, struct http_request *request,
                              struct gateway_request *ask, struct http_response *response)
{
    if (!peer_json_name(request, ask, GATEWAY_PEER_CANDIDATE, response))
        return false;
    json_t *body = peer_json_body(request, response);
    if (!body)
        return false;
    const char *candidate = json_string_value(json_object_get(body, "candidate"));
    const char *mid = json_string_value(json_object_get(body, "sdpMid"));
    bool is_good = request_copy(candidate ? candidate : "", ask->peer.candidate, sizeof ask->peer.candidate) &&
                   request_copy(mid ? mid : "", ask->peer.mid, sizeof ask->peer.mid);
    json_decref(body);
    if (!is_good)
        problem(response, 400, "Send {\"candidate\": \"candidate:...\", \"sdpMid\": MID}, one candidate a request.");
    return is_good;
}

bool connection_restart_ice(const struct http_service *service, struct http_request *request,
                            struct gateway_request *ask, struct http_response *response)
{
    return peer_json_name(request, ask, GATEWAY_PEER_RESTART_ICE, response);
}
