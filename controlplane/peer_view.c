// SPDX-License-Identifier: Apache-2.0
// A peer as one looks at it: its states, its transceivers, and what the tables count of both.
#include "peer_channel_parts.h"

#include "codec.h"
#include "media_figures.h"
#include "suite.h"
#include "tcp_peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t get32(const _Atomic uint32_t *value)
{
    return atomic_load_explicit((_Atomic uint32_t *)value, memory_order_relaxed);
}

static void copy_figures(const struct media_figures *figures, struct gateway_direction_view *view)
{
    view->packets = figures->packets;
    view->bytes = figures->bytes;
    view->lost = figures->lost;
    view->plis = figures->plis;
    view->nacks = figures->nacks;
    view->repaired = figures->repaired;
    view->kbps = figures->kbps;
    view->jitter_us = figures->jitter_us;
    view->rtt_us = figures->rtt_us;
    view->fraction_lost = figures->fraction_lost;
}

static void view_receiver(const struct control *control, const struct journal_transceiver *transceiver,
                          struct gateway_direction_view *view)
{
    struct media_figures figures = {0};
    view->is_there = transceivers_receives(transceiver);
    if (!view->is_there)
        return;
    if (media_figures_of_stream(control, transceiver->stream, transceiver->clock_rate, &figures))
        copy_figures(&figures, view);
    view->ssrc = transceiver->in_ssrc ? transceiver->in_ssrc : figures.ssrc;
    view->rtx_ssrc = transceiver->in_rtx_ssrc;
    memcpy(view->stream, transceiver->stream_id, sizeof(view->stream));
    memcpy(view->track, transceiver->track_id, sizeof(view->track));
}

static void view_sender(const struct control *control, const struct journal_transceiver *transceiver,
                        struct gateway_direction_view *view)
{
    struct media_figures figures;
    view->is_there = transceiver->route.generation;
    if (!view->is_there)
        return;
    if (media_figures_of_route(control, transceiver->route, transceiver->clock_rate, &figures))
        copy_figures(&figures, view);
    view->ssrc = transceiver->out_ssrc;
    view->rtx_ssrc = transceiver->rtx_payload_type == SDP_NO_PAYLOAD ? 0 : transceiver->out_rtx_ssrc;
    snprintf(view->stream, sizeof(view->stream), "%s", transceiver->source_session);
    peer_track_id(transceiver->source_session, transceiver->source_mid, view->track);
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
    if (transceiver->source.generation && !transceiver->has_no_track)
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

static void view_path(const struct control *control, const struct transport_state *state, struct record_link link,
                      struct gateway_peer_view *view)
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

static void view_transport(const struct control *control, const struct session *session, struct gateway_peer_view *view)
{
    const struct record_link link = session->record.transport;
    const struct transport_state *state = tables_transport_state(&control->tables, link.index);
    const struct srtp_suite *suite = srtp_suite_find(session->record.suite);
    snprintf(view->suite, sizeof(view->suite), "%s", suite && session->record.suite ? suite->name : "");
    snprintf(view->dtls_role, sizeof(view->dtls_role), "%s", session->record.is_dtls_client ? "client" : "server");
    if (get32(&state->applied_generation) != link.generation)
        return;
    view_path(control, state, link, view);
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
    view->may_use_data = record->may_use_data;
    snprintf(view->room, sizeof(view->room), "%s", session->record.room_name);
    if (peer->is_published)
        view_transport(control, session, view);
    for (unsigned i = 0; i < record->transceiver_count; i++)
        if (record->transceivers[i].serial && !transceivers_is_left(&record->transceivers[i]))
            view_transceiver(control, session, &record->transceivers[i],
                             &view->transceivers[view->transceiver_count++]);
    request->view = view;
    request->channels = peer_channels_look(session, 0); // NULL: without them
}
