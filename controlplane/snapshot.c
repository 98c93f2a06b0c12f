// SPDX-License-Identifier: Apache-2.0
// A look at everything, copied out for another thread.
#include "control_parts.h"

#include "courier.h"
#include "snapshot_parts.h"
#include "suite.h"
#include "tcp_peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t milliseconds(uint64_t now, uint64_t since)
{
    return now > since ? (now - since) / 1000000 : 0;
}

static void view_room(const struct control *control, const struct room *room, uint64_t now,
                      struct gateway_room_view *view)
{
    snprintf(view->name, sizeof(view->name), "%s", room->name);
    view->shard = room->shard;
    view->worker = intents_worker_of(&control->intents, room->shard);
    view->viewers = room->viewer_count;
    view->members = room->member_count;
    view->has_publisher = room->publisher != NULL;
    view->is_draining = room->is_draining;
    view->age_ms = milliseconds(now, room->created_at);
}

static void view_path(const struct control *control, const struct transport_state *state, struct record_link link,
                      struct gateway_session_view *view)
{
    struct transport_path path;
    if (!record_read(&state->path.head, &path, sizeof(path)) || path.generation != link.generation ||
        path.selected >= TRANSPORT_MAX_CANDIDATES)
        return;
    const struct transport_candidate *selected = &path.candidates[path.selected];
    struct transport_address remote = selected->remote;
    view->is_tcp = tcp_peers_real_address(control, &remote);
    (void)transport_address_format(&remote, view->remote_address, sizeof(view->remote_address));
    (void)transport_address_format(&selected->local, view->local_address, sizeof(view->local_address));
}

static void view_traffic(const struct transport_state *state, struct gateway_session_view *view)
{
    view->packets_received = counter_get(&state->packets_received);
    view->bytes_received = counter_get(&state->bytes_received);
    view->packets_sent = counter_get(&state->packets_sent);
    view->bytes_sent = counter_get(&state->bytes_sent);
}

static void view_session(const struct control *control, const struct session *session, uint64_t now,
                         struct gateway_session_view *view)
{
    const struct journal_session *record = &session->record;
    const struct srtp_suite *suite = srtp_suite_find(record->suite);
    snprintf(view->id, sizeof(view->id), "%s", record->id);
    snprintf(view->room, sizeof(view->room), "%s", record->room_name);
    snprintf(view->reason, sizeof(view->reason), "%s", session->reason);
    snprintf(view->suite, sizeof(view->suite), "%s", suite && record->suite ? suite->name : "");
    snprintf(view->dtls_role, sizeof(view->dtls_role), "%s", record->is_dtls_client ? "client" : "server");
    view->is_publisher = record->is_publisher;
    view->is_peer = record->is_peer;
    view->state = (enum gateway_session_state)session->state;
    view->shard = record->shard;
    view->worker = intents_worker_of(&control->intents, record->shard);
    view->age_ms = milliseconds(now, record->created_at);
    view->setup_ms = record->connected_at ? milliseconds(record->connected_at, record->created_at) : 0;
    if (!session_is_live(session)) // its records may be another session's by now
        return;
    const struct transport_state *state = tables_transport_state(&control->tables, record->transport.index);
    if (atomic_load_explicit(&((struct transport_state *)state)->applied_generation, memory_order_relaxed) ==
        record->transport.generation)
        view_traffic(state, view);
    view_path(control, state, record->transport, view);
    snapshot_view_streams(control, session, view);
}

static void view_rooms_and_sessions(struct control *control, uint64_t now, struct gateway_snapshot *snapshot)
{
    struct room *room;
    TAILQ_FOREACH(room, &control->rooms.all, all)
    view_room(control, room, now, &snapshot->rooms[snapshot->room_count++]);
    struct session *session;
    TAILQ_FOREACH(session, &control->all, all)
    view_session(control, session, now, &snapshot->sessions[snapshot->session_count++]);
}

static void view_tcp(const struct tcp_connections *tcp, struct gateway_tcp_view *view)
{
    _Static_assert(TCP_ENDS <= 8 && TCP_REFUSALS <= 4 && TCP_DROPS <= 6, "there is room");
    view->connections = tcp->count;
    view->accepted = tcp->accepted;
    view->packets_received = tcp->received;
    view->packets_sent = tcp->sent;
    for (unsigned i = 0; i < TCP_ENDS; i++)
        view->ended[view->ended_count++] = (struct gateway_count){tcp_end_names[i], tcp_end_help[i], tcp->ended[i]};
    for (unsigned i = 0; i < TCP_REFUSALS; i++)
        view->refused[view->refused_count++] =
            (struct gateway_count){tcp_refusal_names[i], tcp_refusal_help[i], tcp->refused[i]};
    for (unsigned i = 0; i < TCP_DROPS; i++)
        view->dropped[view->dropped_count++] =
            (struct gateway_count){tcp_drop_names[i], tcp_drop_help[i], tcp->dropped[i]};
}

static void view_gateway(struct control *control, uint64_t now, struct gateway_snapshot *snapshot)
{
    snprintf(snapshot->version, sizeof(snapshot->version), "%s", NARU_VERSION);
    snprintf(snapshot->name, sizeof(snapshot->name), "%s", control->config->gateway.name);
    snapshot->ready = control_readiness(control, now) == CONTROL_READY;
    snapshot->draining = control->is_stopping || gateway_is_draining(control);
    snapshot->sessions_created = control->created;
    snapshot->sessions_connected = control->connected;
    snapshot->sessions_failed = control->failed;
    snapshot->sessions_closed = control->closed;
    for (unsigned i = 0; i < REFUSALS; i++)
        snapshot->refused[i] =
            (struct gateway_count){gateway_refusal_names[i], gateway_refusal_help[i], control->refused[i]};
    snapshot->sessions_quarantined = control->quarantined;
    snprintf(snapshot->last_quarantined, sizeof(snapshot->last_quarantined), "%s", control->last_quarantined);
    view_tcp(&control->tcp, &snapshot->tcp);
    snapshot->dtls_ignored = control->records_ignored;
    snapshot->dtls_dropped = control->records_dropped;
    snapshot->checks_withheld = control->checks_withheld;
    courier_count_full(&control->tables, &snapshot->punts_dropped, &snapshot->injects_dropped);
}

struct gateway_snapshot *snapshot_make(struct control *control, uint64_t now)
{
    struct gateway_snapshot *snapshot = calloc(1, sizeof(*snapshot));
    if (!snapshot)
        return NULL;
    snapshot->rooms = calloc(control->rooms.count + 1, sizeof(*snapshot->rooms));
    snapshot->sessions = calloc(control->session_count + 1, sizeof(*snapshot->sessions));
    if (!snapshot->rooms || !snapshot->sessions || snapshot_view_workers(control, now, snapshot) ||
        snapshot_view_shards(control, snapshot) || snapshot_view_ports(control, snapshot) ||
        snapshot_view_processes(control, now, snapshot)) {
        gateway_snapshot_free(snapshot);
        return NULL;
    }
    view_gateway(control, now, snapshot);
    view_rooms_and_sessions(control, now, snapshot);
    return snapshot;
}
