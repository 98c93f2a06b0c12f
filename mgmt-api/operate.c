// SPDX-License-Identifier: Apache-2.0
// PATCH of what an operator may change: RFC 7396 merge patches of the same JSON that GET shows.
#include "handlers.h"
#include "problem.h"
#include "view_json.h"
#include <string.h>

static bool read_change(json_t *patch, struct gateway_change *change)
{
    int draining = -1, worker = -1;
    const char *format = change->scope == SCOPE_SHARD ? "{s?b, s?i}" : "{s?b}";
    if (json_unpack_ex(patch, NULL, JSON_STRICT, format, "draining", &draining, "worker", &worker) || worker < -1)
        return false;
    change->moves = worker >= 0;
    change->worker = (unsigned)worker;
    change->sets_draining = draining >= 0;
    change->draining = draining > 0;
    return true;
}

static bool order(struct http_request *request, struct gateway_request *ask, struct http_response *response)
{
    json_t *patch = request->body ? json_loadb(request->body, request->body_length, 0, NULL) : NULL;
    bool is_good = json_is_object(patch) && read_change(patch, &ask->change);
    json_decref(patch);
    if (!is_good)
        problem(response, 400,
                "Send a JSON object with what is to change: {\"draining\": true}; for a shard also {\"worker\": 1}.");
    ask->operation = GATEWAY_OPERATE;
    return is_good;
}

static bool nothing_there(struct gateway_request *ask, struct http_response *response)
{
    ask->status = GATEWAY_NOTHING_THERE;
    problem_of_gateway(response, ask);
    return false;
}

static bool order_indexed(struct http_request *request, struct gateway_request *ask, struct http_response *response)
{
    if (view_index(request->parameters[0], &ask->change.index))
        return order(request, ask, response);
    return nothing_there(ask, response);
}

bool order_gateway(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                   struct http_response *response)
{
    ask->change.scope = SCOPE_GATEWAY;
    return order(request, ask, response);
}

bool order_worker(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                  struct http_response *response)
{
    ask->change.scope = SCOPE_WORKER;
    return order_indexed(request, ask, response);
}

bool order_shard(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                 struct http_response *response)
{
    ask->change.scope = SCOPE_SHARD;
    return order_indexed(request, ask, response);
}

bool order_room(const struct http_service *service, struct http_request *request, struct gateway_request *ask,
                struct http_response *response)
{
    ask->change.scope = SCOPE_ROOM;
    size_t length = strlen(request->parameters[0]);
    if (length < sizeof ask->room) {
        memcpy(ask->room, request->parameters[0], length + 1);
        return order(request, ask, response);
    }
    return nothing_there(ask, response);
}
