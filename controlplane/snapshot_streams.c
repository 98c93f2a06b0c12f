// SPDX-License-Identifier: Apache-2.0
// Streams of a publisher and routes of a viewer, as one looks at them.
#include "snapshot_parts.h"

#include "codec.h"
#include "transceivers.h"

#include <stdio.h>

// Interarrival jitter is in clock units (RFC 3550 6.4.1).
static uint32_t jitter_ms(uint32_t jitter, uint32_t clock_rate)
{
    return clock_rate ? (uint32_t)((uint64_t)jitter * 1000 / clock_rate) : 0;
}

static uint32_t get32(const _Atomic uint32_t *value)
{
    return atomic_load_explicit((_Atomic uint32_t *)value, memory_order_relaxed);
}

static void view_stream(const struct stream_state *state, const struct journal_section *section,
                        struct gateway_stream_view *view)
{
    if (get32(&state->generation) != section->link.generation)
        return; // nothing was received yet: the state is another stream's
    view->packets = counter_get(&state->packets);
    view->bytes = counter_get(&state->bytes);
    view->lost = counter_get(&state->lost);
    view->plis = counter_get(&state->plis_sent);
    view->kbps = get32(&state->kbps);
    view->jitter_ms = jitter_ms(get32(&state->jitter), section->clock_rate);
    if (!view->ssrc)
        view->ssrc = get32(&state->bindings[0].ssrc);
}

static void view_route(const struct route_state *state, const struct journal_section *section,
                       struct gateway_stream_view *view)
{
    if (get32(&state->generation) != section->link.generation)
        return;
    view->packets = counter_get(&state->packets);
    view->bytes = counter_get(&state->octets);
    view->lost = get32(&state->cumulative_lost);
    view->plis = counter_get(&state->plis_received);
    view->nacks = counter_get(&state->nacks_received);
    view->kbps = get32(&state->kbps);
    view->rtt_ms = get32(&state->rtt_us) / 1000;
    view->jitter_ms = jitter_ms(get32(&state->jitter), section->clock_rate);
    view->fraction_lost_percent = get32(&state->fraction_lost) * 100 / 256;
}

// Of a peer: what it sends, then what it is sent.
static void view_peer_streams(const struct control *control, const struct journal_peer *peer, bool is_sent,
                              struct gateway_session_view *view)
{
    for (unsigned i = 0; i < peer->transceiver_count && view->stream_count < GATEWAY_VIEW_STREAMS; i++) {
        const struct journal_transceiver *transceiver = &peer->transceivers[i];
        struct record_link link = is_sent ? transceiver->stream : transceiver->route;
        if (!transceiver->serial || !link.generation || (is_sent && !transceivers_receives(transceiver)))
            continue;
        const struct journal_section section = {.link = link, .clock_rate = transceiver->clock_rate};
        struct gateway_stream_view *stream = &view->streams[view->stream_count++];
        snprintf(stream->mid, sizeof(stream->mid), "%s", transceiver->mid);
        snprintf(stream->kind, sizeof(stream->kind), "%s", transceiver->kind == MEDIA_AUDIO ? "audio" : "video");
        snprintf(stream->codec, sizeof(stream->codec), "%s", sdp_codec_name((enum sdp_codec)transceiver->codec));
        stream->ssrc = is_sent ? transceiver->in_ssrc : transceiver->out_ssrc;
        if (is_sent)
            view_stream(tables_stream_state(&control->tables, link.index), &section, stream);
        else
            view_route(tables_route_state(&control->tables, link.index), &section, stream);
    }
}

void snapshot_view_streams(const struct control *control, const struct session *session,
                           struct gateway_session_view *view)
{
    const struct journal_session *record = &session->record;
    if (session->peer) {
        view_peer_streams(control, &session->peer->record, true, view);
        view_peer_streams(control, &session->peer->record, false, view);
    }
    for (uint32_t i = 0; i < record->section_count && i < GATEWAY_VIEW_STREAMS; i++) {
        const struct journal_section *section = &record->sections[i];
        struct gateway_stream_view *stream = &view->streams[view->stream_count++];
        snprintf(stream->mid, sizeof(stream->mid), "%s", section->mid);
        snprintf(stream->kind, sizeof(stream->kind), "%s", section->kind == MEDIA_AUDIO ? "audio" : "video");
        snprintf(stream->codec, sizeof(stream->codec), "%s", sdp_codec_name((enum sdp_codec)section->codec));
        stream->ssrc = section->ssrc;
        if (record->is_publisher)
            view_stream(tables_stream_state(&control->tables, section->link.index), section, stream);
        else
            view_route(tables_route_state(&control->tables, section->link.index), section, stream);
    }
}
