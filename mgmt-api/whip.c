// SPDX-License-Identifier: Apache-2.0
// WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): the same resources for a publisher and for a viewer.
#include "entity_tag.h"
#include "handlers.h"
#include "problem.h"
#include <string.h>

// The body moves from the request to the gateway.
static void take_body(struct http_request *request, struct gateway_request *ask)
{
    ask->sdp = request->body;
    ask->sdp_length = request->body_length;
    request->body = NULL;
    request->body_length = 0;
}

static bool offer(struct http_request *request, struct gateway_request *ask, struct http_response *response)
{
    if (!request_copy(request->parameters[0], ask->room, sizeof ask->room)) {
        problem(response, 400, "A room name has at most %d characters.", GATEWAY_ROOM_SIZE - 1);
        return false;
    }
    if (!request->body) {
        problem(response, 400, "Send an SDP offer in the body.");
        return false;
    }
    take_body(request, ask);
    return true;
}

bool whip_publish(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    ask->operation = GATEWAY_PUBLISH;
    ask->is_publisher = true;
    return offer(request, ask, response);
}

bool whip_subscribe(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                    struct http_response *response)
{
    ask->operation = GATEWAY_SUBSCRIBE;
    return offer(request, ask, response);
}

void whip_created(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_owned(response, 201, "application/sdp", answer->sdp, answer->sdp_length);
    answer->sdp = NULL;
    const char *kind = answer->operation == GATEWAY_PUBLISH ? "whip" : "whep";
    response_header(response, "Location", "/%s/%s/%s", kind, answer->room, answer->id);
    response_header(response, "ETag", "\"%s\"", answer->etag);
    response_header(response, "Accept-Patch", "application/trickle-ice-sdpfrag");
}

static bool name_session(struct http_request *request, struct gateway_request *ask, struct http_response *response)
{
    if (request_copy(request->parameters[0], ask->room, sizeof ask->room) &&
        request_copy(request->parameters[1], ask->id, sizeof ask->id))
        return true;
    ask->status = GATEWAY_NO_SESSION;
    problem_of_gateway(response, ask);
    return false;
}

static bool patch(struct http_request *request, struct gateway_request *ask, struct http_response *response)
{
    ask->operation = GATEWAY_TRICKLE;
    if (!name_session(request, ask, response))
        return false;
    if (!request->body) {
        problem(response, 400, "Send an SDP fragment (RFC 8840) in the body.");
    } else if (request->if_match[0] == '\0') {
        // RFC 9725 4.3.1: the client must say which ICE session it means; RFC 6585 3 has the status for asking.
        problem(response, 428, "Send the session's ETag in If-Match, or * to restart ICE.");
    } else if (!entity_tag_parse(request->if_match, ask->etag, sizeof ask->etag)) {
        ask->status = GATEWAY_ETAG_MISMATCH;
        problem_of_gateway(response, ask);
    } else {
        take_body(request, ask);
        return true;
    }
    return false;
}

bool whip_patch_publisher(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                          struct http_response *response)
{
    ask->is_publisher = true;
    return patch(request, ask, response);
}

bool whip_patch_viewer(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                       struct http_response *response)
{
    return patch(request, ask, response);
}

// RFC 9725 4.3: 204 for candidates, 200 with naru's new credentials and ETag after an ICE restart.
void whip_patched(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    if (!answer->sdp) {
        response_empty(response, 204);
        return;
    }
    response_owned(response, 200, "application/trickle-ice-sdpfrag", answer->sdp, answer->sdp_length);
    answer->sdp = NULL;
    response_header(response, "ETag", "\"%s\"", answer->etag);
}

bool whip_delete_publisher(const struct http_service *service, struct http_request *request,
                           struct gateway_request *ask, struct http_response *response)
{
    ask->is_publisher = true;
    return whip_delete_viewer(service, request, ask, response);
}

bool whip_delete_viewer(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                        struct http_response *response)
{
    ask->operation = GATEWAY_CLOSE;
    return name_session(request, ask, response);
}

void whip_deleted(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    response_empty(response, 200);
}
