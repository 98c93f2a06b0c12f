// SPDX-License-Identifier: Apache-2.0
// GET /metrics: the Prometheus text format 0.0.4. Labels are bounded: workers, nodes, drop reasons, ports, states;
// never rooms, sessions or addresses.
#include "handlers.h"
#include "metrics_text.h"
#include "problem.h"
#include "webhooks.h"

static void gateway(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    metrics_family(text, "naru_build_info", "gauge", "The version that runs, as a label.");
    metrics_sample(text, "naru_build_info", 1, "version", snapshot->version, NULL);
    metrics_family(text, "naru_ready", "gauge", "1 if new sessions are served.");
    metrics_sample(text, "naru_ready", snapshot->ready, NULL);
    metrics_family(text, "naru_draining", "gauge",
                   "1 if the gateway is drained or shuts down and takes no new sessions.");
    metrics_sample(text, "naru_draining", snapshot->draining, NULL);
    metrics_family(text, "naru_rooms", "gauge", "Rooms that exist.");
    metrics_sample(text, "naru_rooms", snapshot->room_count, NULL);
    metrics_family(text, "naru_punts_dropped_total", "counter", "Packets for the control plane lost to a full ring.");
    metrics_sample(text, "naru_punts_dropped_total", (double)snapshot->punts_dropped, NULL);
    metrics_family(text, "naru_injects_dropped_total", "counter", "Packets of the control plane lost to a full ring.");
    metrics_sample(text, "naru_injects_dropped_total", (double)snapshot->injects_dropped, NULL);
    metrics_family(text, "naru_dtls_ignored_total", "counter",
                   "DTLS datagrams of connected sessions with records that nobody here wants, as application data.");
    metrics_sample(text, "naru_dtls_ignored_total", (double)snapshot->dtls_ignored, NULL);
    metrics_family(text, "naru_dtls_dropped_total", "counter",
                   "DTLS datagrams of connected sessions with records that are plain, forged or replayed.");
    metrics_sample(text, "naru_dtls_dropped_total", (double)snapshot->dtls_dropped, NULL);
    metrics_family(text, "naru_ice_checks_withheld_total", "counter",
                   "ICE checks of this gateway that all sessions together would have sent too fast.");
    metrics_sample(text, "naru_ice_checks_withheld_total", (double)snapshot->checks_withheld, NULL);
}

static void sessions(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    unsigned counts[3][SESSION_STATES] = {{0}};
    for (unsigned i = 0; i < snapshot->session_count; i++)
        if ((unsigned)snapshot->sessions[i].state < SESSION_STATES)
            counts[snapshot->sessions[i].is_peer ? 2 : snapshot->sessions[i].is_publisher]
                  [snapshot->sessions[i].state]++;
    static const char *const role_names[] = {"viewer", "publisher", "peer"};
    metrics_family(text, "naru_sessions", "gauge", "Sessions by role and state.");
    for (unsigned role = 0; role < 3; role++)
        for (unsigned state = 0; state < SESSION_STATES; state++)
            metrics_sample(text, "naru_sessions", counts[role][state], "role", role_names[role], "state",
                           gateway_session_state_names[state], NULL);
    const struct {
        const char *name, *help;
        uint64_t value;
    } totals[] = {
        {"naru_sessions_created_total", "Sessions that got an answer.", snapshot->sessions_created},
        {"naru_sessions_connected_total", "Sessions whose media path was set up.", snapshot->sessions_connected},
        {"naru_sessions_failed_total", "Sessions that failed.", snapshot->sessions_failed},
        {"naru_sessions_closed_total", "Sessions that ended.", snapshot->sessions_closed},
        {"naru_sessions_quarantined_total", "Sessions that were ended because workers crashed on them.",
         snapshot->sessions_quarantined},
    };
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        metrics_family(text, totals[i].name, "counter", totals[i].help);
        metrics_sample(text, totals[i].name, (double)totals[i].value, NULL);
    }
    metrics_family(text, "naru_sessions_refused_total", "counter",
                   "Requests for a session that were refused, by reason.");
    for (unsigned i = 0; i < REFUSALS; i++)
        metrics_sample(text, "naru_sessions_refused_total", (double)snapshot->refused[i].value, "reason",
                       snapshot->refused[i].name, NULL);
}

static void labelled(struct metrics_text *text, const char *name, const char *help, const struct gateway_count *counts,
                     unsigned count)
{
    metrics_family(text, name, "counter", help);
    for (unsigned i = 0; i < count; i++)
        metrics_sample(text, name, (double)counts[i].value, "reason", counts[i].name, NULL);
}

static void tcp(struct metrics_text *text, const struct gateway_tcp_view *view)
{
    metrics_family(text, "naru_tcp_connections", "gauge", "TCP connections of peers that are open.");
    metrics_sample(text, "naru_tcp_connections", (double)view->connections, NULL);
    metrics_family(text, "naru_tcp_connections_accepted_total", "counter", "TCP connections of peers that were taken.");
    metrics_sample(text, "naru_tcp_connections_accepted_total", (double)view->accepted, NULL);
    labelled(text, "naru_tcp_connections_ended_total", "TCP connections of peers that were closed, by reason.",
             view->ended, view->ended_count);
    labelled(text, "naru_tcp_connections_refused_total", "TCP connections that were refused, by reason.", view->refused,
             view->refused_count);
    metrics_family(text, "naru_tcp_packets_total", "counter", "Packets of peers that come by TCP.");
    metrics_sample(text, "naru_tcp_packets_total", (double)view->packets_received, "direction", "received", NULL);
    metrics_sample(text, "naru_tcp_packets_total", (double)view->packets_sent, "direction", "sent", NULL);
    labelled(text, "naru_tcp_packets_dropped_total", "Packets from and to TCP peers that were dropped, by reason.",
             view->dropped, view->dropped_count);
}

static void http(struct metrics_text *text, const struct http_counts *counts)
{
    metrics_family(text, "naru_http_connections", "gauge", "HTTP connections that are open.");
    metrics_sample(text, "naru_http_connections", counts->connections, NULL);
    metrics_family(text, "naru_http_connections_refused_total", "counter", "HTTP connections refused, by limit.");
    metrics_sample(text, "naru_http_connections_refused_total", (double)counts->refused_total, "limit", "total", NULL);
    metrics_sample(text, "naru_http_connections_refused_total", (double)counts->refused_a_source, "limit", "source",
                   NULL);
}

static void webhooks(struct metrics_text *text, struct webhooks *webhooks)
{
    struct webhook_counts counts;
    char index[16];
    metrics_family(text, "naru_webhook_attempts_total", "counter",
                   "POSTs to an endpoint of webhooks.urls, by outcome.");
    for (unsigned i = 0; webhooks_count(webhooks, i, &counts); i++) {
        snprintf(index, sizeof index, "%u", i);
        metrics_sample(text, "naru_webhook_attempts_total", (double)counts.delivered, "endpoint", index, "outcome",
                       "delivered", NULL);
        metrics_sample(text, "naru_webhook_attempts_total", (double)counts.failed, "endpoint", index, "outcome",
                       "failed", NULL);
    }
    metrics_family(text, "naru_webhook_events_lost_total", "counter",
                   "Events that an endpoint was not told, by reason.");
    for (unsigned i = 0; webhooks_count(webhooks, i, &counts); i++) {
        snprintf(index, sizeof index, "%u", i);
        metrics_sample(text, "naru_webhook_events_lost_total", (double)counts.dropped, "endpoint", index, "reason",
                       "queue_full", NULL);
        metrics_sample(text, "naru_webhook_events_lost_total", (double)counts.given_up, "endpoint", index, "reason",
                       "given_up", NULL);
    }
    metrics_family(text, "naru_webhook_events_waiting", "gauge", "Events that wait to be told to an endpoint.");
    for (unsigned i = 0; webhooks_count(webhooks, i, &counts); i++) {
        snprintf(index, sizeof index, "%u", i);
        metrics_sample(text, "naru_webhook_events_waiting", counts.waiting, "endpoint", index, NULL);
    }
}

static void processes(struct metrics_text *text, const struct gateway_snapshot *snapshot)
{
    metrics_family(text, "naru_process_heartbeat_age_seconds", "gauge", "Time since the process last showed life.");
    for (unsigned i = 0; i < snapshot->process_count; i++)
        metrics_sample(text, "naru_process_heartbeat_age_seconds",
                       (double)snapshot->processes[i].heartbeat_age_ms / 1e3, "process", snapshot->processes[i].name,
                       NULL);
    metrics_family(text, "naru_process_restarts_total", "counter", "Starts of the process beyond the first.");
    for (unsigned i = 0; i < snapshot->process_count; i++)
        metrics_sample(text, "naru_process_restarts_total", (double)snapshot->processes[i].restarts, "process",
                       snapshot->processes[i].name, NULL);
    metrics_family(text, "naru_process_uptime_seconds", "gauge", "Age of the process.");
    for (unsigned i = 0; i < snapshot->process_count; i++)
        metrics_sample(text, "naru_process_uptime_seconds", (double)snapshot->processes[i].uptime_ms / 1e3, "process",
                       snapshot->processes[i].name, NULL);
}

void metrics_show(const struct http_request *request, struct gateway_request *answer, struct http_response *response)
{
    struct metrics_text text;
    metrics_begin(&text);
    gateway(&text, answer->snapshot);
    sessions(&text, answer->snapshot);
    tcp(&text, &answer->snapshot->tcp);
    processes(&text, answer->snapshot);
    http(&text, request->counts);
    webhooks(&text, request->counts->webhooks);
    metrics_workers(&text, answer->snapshot);
    metrics_ports(&text, answer->snapshot);
    size_t length;
    char *body = metrics_end(&text, &length);
    if (body)
        response_owned(response, 200, "text/plain; version=0.0.4; charset=utf-8", body, length);
    else
        problem(response, 503, "The gateway is out of memory; try again later.");
}
