// SPDX-License-Identifier: Apache-2.0
#include "view_json.h"
#include <stdlib.h>

void view_put_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *view_stream(const struct gateway_stream_view *stream)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:I}", "mid", stream->mid, "kind", stream->kind, "codec", stream->codec,
                             "ssrc", (json_int_t)stream->ssrc);
    view_put_count(json, "packets", stream->packets);
    view_put_count(json, "bytes", stream->bytes);
    view_put_count(json, "lost", stream->lost);
    view_put_count(json, "plis", stream->plis);
    view_put_count(json, "nacks", stream->nacks);
    view_put_count(json, "kbps", stream->kbps);
    view_put_count(json, "jitter_ms", stream->jitter_ms);
    view_put_count(json, "rtt_ms", stream->rtt_ms);
    view_put_count(json, "fraction_lost_percent", stream->fraction_lost_percent);
    return json;
}

static json_t *view_streams(const struct gateway_session_view *session)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < session->stream_count && i < GATEWAY_VIEW_STREAMS; i++)
        json_array_append_new(list, view_stream(&session->streams[i]));
    return list;
}

json_t *view_session(const struct gateway_session_view *session)
{
    const char *state =
        (unsigned)session->state < SESSION_STATES ? gateway_session_state_names[session->state] : "unknown";
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", session->id, "room", session->room, "role",
                             session->is_publisher ? "publisher"
                             : session->is_peer    ? "peer"
                                                   : "viewer",
                             "state", state, "reason", session->reason);
    json_object_set_new(json, "remote_address", json_string(session->remote_address));
    json_object_set_new(json, "local_address", json_string(session->local_address));
    json_object_set_new(json, "protocol", json_string(session->is_tcp ? "tcp" : "udp"));
    json_object_set_new(json, "srtp_suite", json_string(session->suite));
    json_object_set_new(json, "dtls_role", json_string(session->dtls_role));
    view_put_count(json, "shard", session->shard);
    view_put_count(json, "worker", session->worker);
    view_put_count(json, "age_ms", session->age_ms);
    view_put_count(json, "setup_ms", session->setup_ms);
    view_put_count(json, "packets_received", session->packets_received);
    view_put_count(json, "bytes_received", session->bytes_received);
    view_put_count(json, "packets_sent", session->packets_sent);
    view_put_count(json, "bytes_sent", session->bytes_sent);
    json_object_set_new(json, "streams", view_streams(session));
    return json;
}

json_t *view_room(const struct gateway_room_view *room)
{
    json_t *json = json_pack("{s:s, s:b, s:b}", "name", room->name, "has_publisher", room->has_publisher, "draining",
                             room->is_draining);
    view_put_count(json, "viewers", room->viewers);
    view_put_count(json, "members", room->members);
    view_put_count(json, "shard", room->shard);
    view_put_count(json, "worker", room->worker);
    view_put_count(json, "age_ms", room->age_ms);
    return json;
}

bool view_index(const char *text, unsigned *ret_index)
{
    char *end;
    unsigned long index = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || index > UINT16_MAX)
        return false;
    *ret_index = (unsigned)index;
    return true;
}

static uint64_t sum(const struct gateway_count *counts, unsigned count)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += counts[i].value;
    return total;
}

struct worker_sums worker_sums(const struct gateway_worker_view *worker)
{
    return (struct worker_sums){
        .received = worker->received,
        .created = sum(worker->created, worker->created_count),
        .sent = worker->sent,
        .consumed = sum(worker->consumed, worker->consumed_count),
        .dropped = sum(worker->dropped, worker->dropped_count),
        .balance = worker->balance,
    };
}

void view_put_sums(json_t *object, const struct worker_sums *sums)
{
    view_put_count(object, "received", sums->received);
    view_put_count(object, "created", sums->created);
    view_put_count(object, "sent", sums->sent);
    view_put_count(object, "consumed", sums->consumed);
    view_put_count(object, "dropped", sums->dropped);
    json_object_set_new(object, "balance", json_integer(sums->balance));
}
