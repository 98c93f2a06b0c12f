// SPDX-License-Identifier: Apache-2.0
// GET /v1/workers and /v1/workers/{worker}: what each core does, and at which cost.
#include "handlers.h"
#include "problem.h"
#include "view_json.h"

static json_t *nodes(const struct gateway_worker_view *worker)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < worker->node_count; i++) {
        const struct gateway_node_view *node = &worker->nodes[i];
        json_t *json = json_pack("{s:s}", "name", node->name);
        view_put_count(json, "calls", node->calls);
        view_put_count(json, "packets", node->packets);
        view_put_count(json, "cycles", node->cycles);
        double each = node->packets ? (double)node->cycles / (double)node->packets : 0;
        json_object_set_new(json, "cycles_per_packet", json_real(each));
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *show(const struct gateway_worker_view *worker)
{
    json_t *json = json_pack("{s:i, s:i, s:b, s:f}", "index", worker->index, "cpu", worker->cpu, "alive", worker->alive,
                             "load", worker->load);
    json_object_set_new(json, "draining", json_boolean(worker->is_draining));
    json_object_set_new(json, "overloaded", json_boolean(worker->is_overloaded));
    view_put_count(json, "epoch", worker->epoch);
    view_put_count(json, "heartbeat_age_ms", worker->heartbeat_age_ms);
    view_put_count(json, "transports", worker->transports);
    struct worker_sums sums = worker_sums(worker);
    view_put_sums(json, &sums);
    view_put_count(json, "received_bytes", worker->received_bytes);
    view_put_count(json, "sent_bytes", worker->sent_bytes);
    view_put_count(json, "walks", worker->walks);
    view_put_count(json, "sleeps", worker->sleeps);
    view_put_count(json, "cycles_per_second", worker->cycles_per_second);
    json_object_set_new(json, "nodes", nodes(worker));
    return json;
}

void workers_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < answer->snapshot->worker_count; i++)
        json_array_append_new(list, show(&answer->snapshot->workers[i]));
    response_json(response, 200, "application/json", json_pack("{s:o}", "workers", list));
}

void worker_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    unsigned index;
    if (view_index(request->parameters[0], &index) && index < answer->snapshot->worker_count)
        response_json(response, 200, "application/json", show(&answer->snapshot->workers[index]));
    else
        problem(response, 404, "There is no such worker; /v1/workers lists all.");
}
