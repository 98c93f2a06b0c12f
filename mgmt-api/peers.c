// SPDX-License-Identifier: Apache-2.0
// GET /v1/peers and /v1/peers/{id}.
#include "handlers.h"
#include "problem.h"
#include "view_json.h"
#include <string.h>

void peers_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->session_count; i++)
        json_array_append_new(list, view_session(&snapshot->sessions[i]));
    response_json(response, 200, "application/json", json_pack("{s:o}", "peers", list));
}

void peer_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    for (unsigned i = 0; i < snapshot->session_count; i++)
        if (strcmp(snapshot->sessions[i].id, request->parameters[0]) == 0) {
            response_json(response, 200, "application/json", view_session(&snapshot->sessions[i]));
            return;
        }
    problem(response, 404, "There is no such peer; /v1/peers lists all.");
}
