// SPDX-License-Identifier: Apache-2.0
// A peer as one looks at it: its states, its transceivers, and what the tables count of both.
#include "peer_parts.h"

#include "codec.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t get32(const _Atomic uint32_t *value)
{
    return atomic_load_explicit((_Atomic uint32_t *)value, memory_order_relaxed);
}

static uint32_t jitter_us(uint32_t jitter, uint32_t clock_rate)
{
    return clock_rate ? (uint32_t)((uint64_t)jitter * 1000000 / clock_rate) : 0;
}

static void view_receiver(const struct control *control, const struct journal_transceiver *transceiver,
                          struct gateway_direction_view *view)
{
    const struct stream_state *state = tables_stream_state(&control->tables, transceiver->stream.index);
    view->is_there = transceivers_receives(transceiver);
    if (!view->is_there)
        return;
    view->ssrc = transceiver->in_ssrc;
    view->rtx_ssrc = transceiver->in_rtx_ssrc;
    memcpy(view->stream, transceiver->stream_id, sizeof(view->stream));
    memcpy(view->track, transceiver->track_id, sizeof(view->track));
    if (get32(&state->generation) != transceiver->stream.generation)
        return; // nothing was received yet: the state is another stream's
    view->packets = counter_get(&state->packets);
    view->bytes = counter_get(&state->bytes);
    view->lost = counter_get(&state->lost);
    view->plis = counter_get(&state->plis_sent);
    view->nacks = counter_get(&state->nacks_sent);
    view->repaired = counter_get(&state->packets_repaired);
    view->kbps = get32(&state->kbps);
    view->jitter_us = jitter_us(get32(&state->jitter), transceiver->clock_rate);
    if (!view->ssrc)
        view->ssrc = get32(&state->bindings[0].ssrc);
}

static void view_sender(const struct control *control, const struct journal_transceiver *transceiver,
                        struct gateway_direction_view *view)
{
    const struct route_state *state = tables_route_state(&control->tables, transceiver->route.index);
    view->is_there = transceiver->route.generation;
    if (!view->is_there)
        return;
    view->ssrc = transceiver->out_ssrc;
    view->rtx_ssrc = transceiver->rtx_payload_type == SDP_NO_PAYLOAD ? 0 : transceiver->out_rtx_ssrc;
    snprintf(view->stream, sizeof(view->stream), "%s", transceiver->source_session);
    peer_track_id(transceiver->source_session, transceiver->source_mid, view->track);
    if (get32(&state->generation) != transceiver->route.generation)
        return;
    view->packets = counter_get(&state->packets);
    view->bytes = counter_get(&state->octets);
    view->lost = get32(&state->cumulative_lost);
    view->plis = counter_get(&state->plis_received);
    view->nacks = counter_get(&state->nacks_received);
    view->repaired = counter_get(&state->rtx_packets);
    view->kbps = get32(&state->kbps);
    view->rtt_us = get32(&state->rtt_us);
    view->jitter_us = jitter_us(get32(&state->jitter), transceiver->clock_rate);
    view->fraction_lost = get32(&state->fraction_lost);
}

static void view_transceiver(const struct control *control, const struct session *session,
                             const struct journal_transceiver *transceiver, struct gateway_transceiver_view *view)
{
    memcpy(view->mid, transceiver->mid, sizeof(view->mid));
    view->is_video = transceiver->kind == MEDIA_VIDEO;
    view->is_stopping = transceiver->is_stopping;
    view->is_paused = transceiver->is_paused;
    view->ways = transceivers_wish(transceiver);
    view->current_ways = transceiver->ways;
    if (transceiver->source.generation)
        snprintf(view->source, sizeof(view->source), "%s/%s/%s", session->record.room_name, transceiver->source_session,
                 transceiver->source_mid);
    if (transceiver->payload_type != SDP_NO_PAYLOAD) {
        snprintf(view->codec, sizeof(view->codec), "%s", sdp_codec_name((enum sdp_codec)transceiver->codec));
        memcpy(view->fmtp, transceiver->fmtp, sizeof(view->fmtp));
        view->payload_type = transceiver->payload_type;
        view->clock_rate = transceiver->clock_rate;
        view->channels = transceiver->channels;
    }
    view_receiver(control, transceiver, &view->receiver);
    view_sender(control, transceiver, &view->sender);
}

static void view_path(const struct transport_state *state, struct record_link link, struct gateway_peer_view *view)
{
    struct transport_path path;
    if (!record_read(&state->path.head, &path, sizeof(path)) || path.generation != link.generation ||
        path.selected >= TRANSPORT_MAX_CANDIDATES)
        return;
    const struct transport_candidate *selected = &path.candidates[path.selected];
    (void)transport_address_format(&selected->remote, view->remote_address, sizeof(view->remote_address));
    (void)transport_address_format(&selected->local, view->local_address, sizeof(view->local_address));
}

static void view_transport(const struct control *control, const struct session *session, struct gateway_peer_view *view)
{
    const struct record_link link = session->record.transport;
    const struct transport_state *state = tables_transport_state(&control->tables, link.index);
    const struct srtp_suite *suite = srtp_suite_find(session->record.suite);
    snprintf(view->suite, sizeof(view->suite), "%s", suite && session->record.suite ? suite->name : "");
    snprintf(view->dtls_role, sizeof(view->dtls_role), "%s", session->record.is_dtls_client ? "client" : "server");
    if (get32(&state->applied_generation) != link.generation)
        return;
    view_path(state, link, view);
    view->packets_received = counter_get(&state->packets_received);
    view->bytes_received = counter_get(&state->bytes_received);
    view->packets_sent = counter_get(&state->packets_sent);
    view->bytes_sent = counter_get(&state->bytes_sent);
    view->stun_received = counter_get(&state->stun_received);
    view->rtt_us = get32(&state->rtt_us);
    view->receive_kbps = get32(&state->receive_kbps);
    view->send_kbps = get32(&state->send_kbps);
}

void peer_look(const struct control *control, const struct session *session, struct gateway_request *request)
{
    const struct peer_connection *peer = session->peer;
    const struct journal_peer *record = &peer->record;
    struct gateway_peer_view *view =
        calloc(1, sizeof(*view) + record->transceiver_count * sizeof(view->transceivers[0]));
    if (!view) {
        refuse_for_now(request, REFUSED_NO_MEMORY, 1, "out of memory");
        return;
    }
    view->signaling_state = jsep_state_names[peer->state];
    view->connection_state = peer_connection_state(session->state);
    view->ice_connection_state = peer_ice_connection_state(session->state);
    view->needs_negotiation = peer->needs_negotiation;
    view->is_polite = record->is_polite;
    view->subscribes = record->subscribes;
    view->may_publish = record->may_publish;
    snprintf(view->room, sizeof(view->room), "%s", session->record.room_name);
    if (peer->is_published)
        view_transport(control, session, view);
    for (unsigned i = 0; i < record->transceiver_count; i++)
        if (record->transceivers[i].serial && !transceivers_is_left(&record->transceivers[i]))
            view_transceiver(control, session, &record->transceivers[i],
                             &view->transceivers[view->transceiver_count++]);
    request->view = view;
}
