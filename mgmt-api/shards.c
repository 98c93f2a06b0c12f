// SPDX-License-Identifier: Apache-2.0
// GET /v1/shards and /v1/shards/{shard}: which worker serves which block of UDP ports.
#include "handlers.h"
#include "problem.h"
#include "view_json.h"

static json_t *show(const struct gateway_shard_view *shard)
{
    json_t *json = json_pack("{s:i, s:i, s:b, s:b}", "index", shard->index, "worker", shard->worker, "moving",
                             shard->is_moving, "draining", shard->is_draining);
    view_put_count(json, "rooms", shard->rooms);
    view_put_count(json, "sessions", shard->sessions);
    view_put_count(json, "first_port", shard->first_port);
    view_put_count(json, "ports", shard->ports);
    return json;
}

void shards_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < answer->snapshot->shard_count; i++)
        json_array_append_new(list, show(&answer->snapshot->shards[i]));
    response_json(response, 200, "application/json", json_pack("{s:o}", "shards", list));
}

void shard_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    unsigned index;
    if (view_index(request->parameters[0], &index) && index < answer->snapshot->shard_count)
        response_json(response, 200, "application/json", show(&answer->snapshot->shards[index]));
    else
        problem(response, 404, "There is no such shard; /v1/shards lists all.");
}
