// SPDX-License-Identifier: Apache-2.0
#include "problem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PROBLEM_JSON "application/problem+json"

static const struct {
    unsigned status;
    const char *type, *title;
} refusals[] = {
    [GATEWAY_OK] = {500, "about:blank", NULL},
    [GATEWAY_BAD_SDP] = {400, "urn:naru:problem:bad-sdp", "The session description is malformed"},
    [GATEWAY_BAD_ROOM] = {400, "urn:naru:problem:bad-room", "The room name is malformed"},
    [GATEWAY_NO_PUBLISHER] = {404, "urn:naru:problem:no-publisher", "Nobody publishes in this room"},
    [GATEWAY_NO_SESSION] = {404, "urn:naru:problem:no-session", "There is no such session"},
    [GATEWAY_NOTHING_THERE] = {404, "urn:naru:problem:nothing-there", "There is no such thing"},
    [GATEWAY_NO_PART] = {404, "urn:naru:problem:no-part", "The peer has no such part"},
    [GATEWAY_INVALID_STATE] = {409, "urn:naru:problem:invalid-state", "InvalidStateError"},
    [GATEWAY_INVALID_MODIFICATION] = {409, "urn:naru:problem:invalid-modification", "InvalidModificationError"},
    [GATEWAY_INVALID_ACCESS] = {409, "urn:naru:problem:invalid-access", "InvalidAccessError"},
    [GATEWAY_TYPE_ERROR] = {400, "urn:naru:problem:type-error", "TypeError"},
    [GATEWAY_OPERATION_ERROR] = {409, "urn:naru:problem:operation-error", "OperationError"},
    [GATEWAY_TOO_LARGE] = {413, "urn:naru:problem:message-too-large", "TypeError"},
    [GATEWAY_BUFFER_FULL] = {429, "urn:naru:problem:buffer-full", "OperationError"},
    [GATEWAY_BUSY] = {409, "urn:naru:problem:busy", "An earlier order is still being carried out"},
    [GATEWAY_NO_COMMON_CODEC] = {406, "urn:naru:problem:no-common-codec", "There is no common codec"},
    [GATEWAY_ROOM_TAKEN] = {409, "urn:naru:problem:room-taken", "The room has a publisher"},
    [GATEWAY_ETAG_MISMATCH] = {412, "urn:naru:problem:etag-mismatch", "The ICE session is another one by now"},
    [GATEWAY_UNPROCESSABLE] = {422, "urn:naru:problem:unprocessable", "The session description cannot be served"},
    [GATEWAY_TOO_MANY_REQUESTS] = {429, "urn:naru:problem:too-many-requests", "Too many requests"},
    [GATEWAY_OVERLOADED] = {503, "urn:naru:problem:overloaded", "The gateway takes no more sessions now"},
};

static void answer(struct http_response *response, unsigned status, const char *type, const char *title,
                   const char *detail, unsigned line)
{
    json_t *json = json_pack("{s:s, s:s, s:i}", "type", type, "title", title, "status", (int)status);
    if (json && detail[0] != '\0') // the text may quote the peer: what is no UTF-8 is left out rather than failing
        json_object_set_new(json, "detail", json_string(detail));
    if (json && line)
        json_object_set_new(json, "line", json_integer(line));
    response_json(response, status, PROBLEM_JSON, json);
}

void problem(struct http_response *response, unsigned status, const char *detail, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, detail);
    vsnprintf(text, sizeof text, detail, arguments);
    va_end(arguments);
    answer(response, status, "about:blank", http_reason(status), text, 0);
}

void problem_of_gateway(struct http_response *response, const struct gateway_request *refused)
{
    size_t row = (size_t)refused->status;
    if (row >= sizeof refusals / sizeof *refusals)
        row = GATEWAY_OK;
    if (refused->retry_after)
        response_header(response, "Retry-After", "%u", refused->retry_after);
    const char *title = refusals[row].title ? refusals[row].title : http_reason(refusals[row].status);
    answer(response, refusals[row].status, refusals[row].type, title, refused->detail, refused->line);
}
