// SPDX-License-Identifier: Apache-2.0
// GET /v1/rooms and /v1/rooms/{room}.
#include "handlers.h"
#include "problem.h"
#include "view_json.h"
#include <string.h>

void rooms_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->room_count; i++)
        json_array_append_new(list, view_room(&snapshot->rooms[i]));
    response_json(response, 200, "application/json", json_pack("{s:o}", "rooms", list));
}

static json_t *sessions_of(const struct gateway_snapshot *snapshot, const char *room)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->session_count; i++)
        if (strcmp(snapshot->sessions[i].room, room) == 0)
            json_array_append_new(list, view_session(&snapshot->sessions[i]));
    return list;
}

void room_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    unsigned i = 0;
    while (i < snapshot->room_count && strcmp(snapshot->rooms[i].name, request->parameters[0]) != 0)
        i++;
    if (i == snapshot->room_count) {
        problem(response, 404, "There is no such room; /v1/rooms lists all. A room is there while it has a session.");
        return;
    }
    json_t *json = view_room(&snapshot->rooms[i]);
    json_object_set_new(json, "sessions", sessions_of(snapshot, snapshot->rooms[i].name));
    response_json(response, 200, "application/json", json);
}
