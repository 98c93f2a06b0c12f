// SPDX-License-Identifier: Apache-2.0
// GET /v1/status: the gateway on one screen.
#include "handlers.h"
#include "view_json.h"

static void put_standing(json_t *json, const struct gateway_standing_view *standing)
{
    json_object_set_new(json, "user", standing->is_known ? json_integer(standing->user) : json_null());
    if (!standing->is_known)
        return;
    json_object_set_new(json, "capabilities", json_string(standing->capabilities));
    json_object_set_new(json, "system_calls", json_string(standing->is_filtered ? "filtered" : "all"));
    json_object_set_new(json, "no_new_privileges", json_boolean(standing->no_new_privileges));
    view_put_count(json, "locked_kb", standing->locked_kb);
}

static json_t *processes(const struct gateway_snapshot *snapshot)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->process_count; i++) {
        const struct gateway_process_view *process = &snapshot->processes[i];
        json_t *json =
            json_pack("{s:s, s:i, s:b}", "name", process->name, "pid", process->pid, "ready", process->ready);
        view_put_count(json, "epoch", process->epoch);
        view_put_count(json, "heartbeat_age_ms", process->heartbeat_age_ms);
        view_put_count(json, "uptime_ms", process->uptime_ms);
        view_put_count(json, "restarts", process->restarts);
        view_put_count(json, "adoptions", process->adoptions);
        json_object_set_new(json, "last_end", json_string(process->last_end));
        view_put_count(json, "last_end_age_ms", process->last_end_age_ms);
        put_standing(json, &process->standing);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *events(const struct gateway_snapshot *snapshot)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->event_count; i++) {
        const struct gateway_event_view *event = &snapshot->events[i];
        json_t *json = json_pack("{s:s, s:s, s:s, s:i}", "process", event->process, "event", event->event, "detail",
                                 event->text, "pid", event->pid);
        view_put_count(json, "epoch", event->epoch);
        view_put_count(json, "age_ms", event->age_ms);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *ports(const struct gateway_snapshot *snapshot)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < snapshot->port_count; i++) {
        const struct gateway_port_view *port = &snapshot->ports[i];
        json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:b}", "index", port->index, "device", port->device, "mac",
                                 port->mac, "offloads", port->offloads, "link_up", port->link_up);
        view_put_count(json, "received_packets", port->received);
        view_put_count(json, "received_bytes", port->received_bytes);
        view_put_count(json, "sent_packets", port->sent);
        view_put_count(json, "sent_bytes", port->sent_bytes);
        view_put_count(json, "missed_packets", port->missed);
        view_put_count(json, "errors", port->errors);
        json_array_append_new(list, json);
    }
    return list;
}

static void put_refused(json_t *json, const struct gateway_snapshot *snapshot)
{
    json_t *reasons = json_object();
    uint64_t all = 0;
    for (unsigned i = 0; i < REFUSALS; i++) {
        view_put_count(reasons, snapshot->refused[i].name, snapshot->refused[i].value);
        all += snapshot->refused[i].value;
    }
    view_put_count(json, "refused", all);
    json_object_set_new(json, "refused_by_reason", reasons);
}

static json_t *sessions(const struct gateway_snapshot *snapshot)
{
    unsigned counts[SESSION_STATES] = {0};
    for (unsigned i = 0; i < snapshot->session_count; i++)
        if ((unsigned)snapshot->sessions[i].state < SESSION_STATES)
            counts[snapshot->sessions[i].state]++;
    json_t *states = json_object(), *json = json_object();
    for (unsigned state = 0; state < SESSION_STATES; state++)
        view_put_count(states, gateway_session_state_names[state], counts[state]);
    view_put_count(json, "now", snapshot->session_count);
    json_object_set_new(json, "by_state", states);
    view_put_count(json, "created", snapshot->sessions_created);
    view_put_count(json, "connected", snapshot->sessions_connected);
    view_put_count(json, "failed", snapshot->sessions_failed);
    view_put_count(json, "closed", snapshot->sessions_closed);
    put_refused(json, snapshot);
    view_put_count(json, "quarantined", snapshot->sessions_quarantined);
    json_object_set_new(json, "last_quarantined",
                        snapshot->last_quarantined[0] ? json_string(snapshot->last_quarantined) : json_null());
    return json;
}

static json_t *counts(const struct gateway_count *list, unsigned count)
{
    json_t *json = json_object();
    for (unsigned i = 0; i < count; i++)
        view_put_count(json, list[i].name, list[i].value);
    return json;
}

static json_t *tcp(const struct gateway_tcp_view *view)
{
    json_t *json = json_object();
    view_put_count(json, "connections", view->connections);
    view_put_count(json, "accepted", view->accepted);
    view_put_count(json, "packets_received", view->packets_received);
    view_put_count(json, "packets_sent", view->packets_sent);
    json_object_set_new(json, "ended", counts(view->ended, view->ended_count));
    json_object_set_new(json, "refused", counts(view->refused, view->refused_count));
    json_object_set_new(json, "dropped", counts(view->dropped, view->dropped_count));
    return json;
}

void status_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    const struct gateway_snapshot *snapshot = answer->snapshot;
    json_t *json = json_pack("{s:s, s:s, s:b, s:b}", "name", snapshot->name, "version", snapshot->version, "ready",
                             snapshot->ready, "draining", snapshot->draining);
    view_put_count(json, "rooms", snapshot->room_count);
    view_put_count(json, "workers", snapshot->worker_count);
    json_object_set_new(json, "sessions", sessions(snapshot));
    json_object_set_new(json, "processes", processes(snapshot));
    json_object_set_new(json, "ports", ports(snapshot));
    json_object_set_new(json, "events", events(snapshot));
    json_object_set_new(json, "tcp", tcp(&snapshot->tcp));
    view_put_count(json, "punts_dropped", snapshot->punts_dropped);
    view_put_count(json, "injects_dropped", snapshot->injects_dropped);
    response_json(response, 200, "application/json", json);
}
